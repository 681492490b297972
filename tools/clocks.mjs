// Runs database tests under other clocks, server and tests alike, by Debian's libfaketime. Prints a table at the end.
//   node tools/clocks.mjs [--generation 15] [--only TEXT]… [--at TIME]… [--folder FOLDER]… [--sample]
// --only: clocks whose name holds this text; --at: a clock of your own, such as "2026-03-08 06:30:00";
// --folder: what to run instead of FOLDERS; --sample: what `npm test` runs.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failuresOf } from './failures.mjs';
import { ensureBuild, ensureDependencies, root } from './setup.mjs';

/**
 * A clock is set to this time of UTC when the server starts, and goes on from there. All lie in the past: within a signal
 * handler that interrupts a wait libfaketime gives the real time, so that timeouts of locks and statements, which
 * PostgreSQL compares with the clock there, would never come under a clock that is ahead.
 */
const CLOCKS = [
  ['ten past midnight', '2025-11-28 00:10:00'],
  ['before midnight in New York', '2025-11-28 03:46:00'],
  ['just before midnight in New York', '2025-11-28 04:59:00'],
  ['an hour before New York goes to summer time', '2026-03-08 06:00:00'],
  ['while New York goes to summer time', '2026-03-08 06:59:30'],
  ['an hour after New York went to summer time', '2026-03-08 08:00:00'],
  ['an hour before New York goes back', '2025-11-02 05:00:00'],
  ['while New York goes back', '2025-11-02 05:59:30'],
  ['an hour after New York went back', '2025-11-02 07:00:00'],
  ['an hour before Berlin goes to summer time', '2026-03-29 00:00:00'],
  ['while Berlin goes to summer time', '2026-03-29 00:59:30'],
  ['an hour after Berlin went to summer time', '2026-03-29 02:00:00'],
  ['an hour before Berlin goes back', '2025-10-26 00:00:00'],
  ['while Berlin goes back', '2025-10-26 00:59:30'],
  ['an hour after Berlin went back', '2025-10-26 02:00:00'],
  ['the last minutes of a month', '2026-04-30 23:59:00'],
  ['the last minutes of a year', '2025-12-31 23:59:00'],
  ['29 February', '2024-02-29 12:00:00'],
  ['a Monday at midnight', '2026-02-02 00:00:00'],
  ['a Sunday at midnight', '2026-02-08 00:00:00'],
];
const SAMPLE = ['before midnight in New York', 'while New York goes back'];

// Tests that start servers of their own, with the machine's clock, cannot run under another one: crash, aws, provider,
// connection and metrics. What they test does not depend on the date.
const FOLDERS = ['audit', 'engine', 'exactness', 'operations', 'reference', 'traps', 'upgrade'];
const SAMPLE_FILES = ['operations/lag', 'operations/tiers', 'operations/retention', 'traps/calendar'];
const OWN_CLOCK = ['operations/metrics.test.ts', 'traps/replicated.test.ts'];

const LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
];

const values = (name) =>
  process.argv.flatMap((word, index) => (word === `--${name}` ? [process.argv[index + 1] ?? ''] : []));
const sample = process.argv.includes('--sample');
const generation = Number(values('generation')[0] ?? 15);
const only = values('only');
const own = values('at').map((time) => ['as asked for', time]);
const chosen = CLOCKS.filter(([name]) =>
  sample
    ? SAMPLE.includes(name)
    : only.length === 0
      ? own.length === 0
      : only.some((text) => name.includes(text)),
);
const clocks = [...chosen, ...own];
const folders = values('folder').length > 0 ? values('folder') : sample ? SAMPLE_FILES : FOLDERS;

function fail(message) {
  console.error(`error: ${message}`);
  process.exit(1);
}

if (clocks.length === 0)
  fail(
    `no clock is called ${only.join(' or ')}; they are:\n${CLOCKS.map(([name]) => `  ${name}`).join('\n')}`,
  );
for (const [, time] of own)
  if (Number.isNaN(Date.parse(`${time}Z`))) fail(`${time} is not a time such as 2026-03-08 06:30:00.`);
  else if (Date.parse(`${time}Z`) > Date.now())
    fail(`${time} is to come: PostgreSQL would wait for locks without end.`);
await ensureDependencies();
await ensureBuild();
const require = createRequire(join(root, 'dist', 'package.json'));
const { startLocalServer, stopLocalServer } = require('./infra/local/postgres/server.js');
const { withClient } = require('./infra/local/postgres/database.js');
const { aptInstall } = require('./infra/local/postgres/packages.js');
const { canBecomeRoot } = require('./infra/process/command.js');

const library = async () => {
  const found = () => LIBRARIES.find((path) => existsSync(path));
  if (found() === undefined && existsSync('/usr/bin/apt-get') && (await canBecomeRoot()))
    await aptInstall(['libfaketime'], (line) => console.log(line));
  return found();
};
const preload = await library();
if (preload === undefined) {
  const sentence = 'libfaketime is not installed, and only root can install it: apt-get install libfaketime';
  if (!sample) fail(sentence);
  // `npm test` works for a user without root, too; CI has it.
  console.log(`No test runs under another clock: ${sentence}.`);
  process.exit(0);
}
if (!existsSync(`/usr/lib/postgresql/${generation}/bin/postgres`))
  fail(
    `PostgreSQL ${generation} is not among this machine's packages; a server in a chroot does not see libfaketime.`,
  );

const directory = join(root, '.local', 'clocks', `postgres-${generation}`);
const reports = join(root, '.local', 'clocks', 'reports');
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

/**
 * The variables of a clock. A distance from the machine's own: a date would be the time at which each process starts, so
 * that every test file began it anew while the server's went on. And no time zone comes into it.
 */
function variables(time) {
  const seconds = Math.round((Date.parse(`${time}Z`) - Date.now()) / 1000);
  const FAKETIME = `${seconds < 0 ? '' : '+'}${seconds}`;
  return { LD_PRELOAD: preload, FAKETIME, FAKETIME_DONT_FAKE_MONOTONIC: '1', TZ: 'UTC' };
}

/** The server must have the clock, and pg_cron, which comes a moment after the database of a new server. */
async function verify(server, time) {
  await withClient(server.adminUrl, async (client) => {
    for (let tries = 0; ; tries += 1) {
      const { rows } = await client.query(
        `select abs(extract(epoch from clock_timestamp() - $1::timestamptz)) < 600 as clock,
           exists (select from pg_stat_activity where backend_type ~ 'pg_cron') as cron`,
        [`${time}Z`],
      );
      if (!rows[0].clock) throw new Error('the server does not have the clock that it was given');
      if (rows[0].cron) return;
      if (tries === 600) throw new Error('pg_cron does not run');
      await sleep(100);
    }
  });
}

let child;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    process.exitCode = 130;
    child?.kill(signal);
  });

/** Runs the tests under the variables of a clock; the report goes to a file. */
function run(environment, report) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', ...folders.map((folder) => `test/database/${folder}`)];
  const options = [...OWN_CLOCK.flatMap((file) => ['--exclude', `test/database/${file}`]), '--no-cache'];
  child = spawn(process.execPath, [...args, ...options, '--reporter=json', `--outputFile.json=${report}`], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      ...environment,
      TIDEMARK_TEST_GENERATION: String(generation),
      TIDEMARK_TEST_SERVER: directory,
    },
  });
  return new Promise((resolve) => child.on('close', (code) => resolve(code)));
}

const rows = [];
const failures = [];
for (const [name, time] of clocks) {
  if (process.exitCode === 130) break;
  // One that an interrupted run left has another clock.
  await stopLocalServer(directory);
  const environment = variables(time);
  const server = await startLocalServer({
    directory,
    generation,
    environment,
    // One handler serves all timeouts, and under an earlier clock they all seem due at its first call: let that be the
    // one of a lock, which is 3 seconds nearly everywhere, and not the look for deadlocks after one.
    settings: { fsync: 'off', deadlock_timeout: '2min' },
    log: (line) => console.log(line),
  });
  await verify(server, time);
  const report = join(reports, `${time.replace(/\D/g, '')}.json`);
  const from = Date.now();
  const code = await run(environment, report);
  const seconds = ((Date.now() - from) / 1000).toFixed(0);
  const summary = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null;
  const [passed, failed] = [summary?.numPassedTests ?? 0, summary?.numFailedTests ?? 0];
  if (summary !== null) failures.push(...failuresOf(name, summary, root));
  if (code !== 0 && failed === 0) failures.push(`${name}: the tests ended with ${code}`);
  rows.push([time, name, String(passed), String(failed), seconds]);
  console.log(`${time}  ${name}: ${passed} passed, ${failed} failed, ${seconds} s`);
}
await stopLocalServer(directory);

const table = [['clock (UTC)', 'what it is', 'passed', 'failed', 'seconds'], ...rows];
const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
if (failures.length > 0) console.log(`\nFAILED TESTS\n${failures.join('\n')}`);
console.log(
  `\n${[line(table[0]), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n')}`,
);
process.exit(failures.length === 0 && rows.length === clocks.length ? 0 : 1);
