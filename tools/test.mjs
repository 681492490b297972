// `npm test`: does all set-up, then runs every test; nothing else decides. Plain Node, since it installs what the rest needs.
//   node tools/test.mjs [--only unit|database|e2e] [--generation 15|16|17|18]
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { failuresOf } from './failures.mjs';
import { ensureBuild, ensureDependencies, root } from './setup.mjs';

const started = Date.now();
const argument = (name) => {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? undefined : process.argv[index + 1];
};
const only = argument('only');
const generations = argument('generation') ? [Number(argument('generation'))] : [15, 18];
const reports = join(root, '.local', 'test', 'reports');
const children = new Set();
const results = [];

/** Runs a command to its end and returns its exit code. */
function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    children.add(child);
    child.on('close', (code, signal) => {
      children.delete(child);
      resolve(signal ? 1 : code);
    });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
  });
}

/** A named step: prints how long it took and remembers whether it passed. */
async function step(name, work) {
  const from = Date.now();
  console.log(`\n== ${name}`);
  const passed = await work();
  const seconds = ((Date.now() - from) / 1000).toFixed(0);
  results.push({ name, passed, seconds });
  console.log(`== ${name}: ${passed ? 'passed' : 'FAILED'} in ${seconds} s`);
  return passed;
}

const vitest = (name, folder, env) => {
  const report = join(reports, `${name}.json`);
  const bin = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  return step(name, async () => {
    const code = await run(
      process.execPath,
      [bin, 'run', folder, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      env,
    );
    return code === 0;
  });
};

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
    process.exitCode = 130;
  });
}

await ensureDependencies();
await ensureBuild();
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const require = createRequire(join(root, 'dist', 'package.json'));
const { startLocalServer, stopLocalServer } = require('./infra/local/postgres/server.js');
const { findPrograms } = require('./infra/local/postgres/programs.js');
const { ensurePulumiCli } = require('./infra/local/pulumi/cli.js');

// Programs of PostgreSQL may have to be fetched, for minutes on a new machine: one after the other, beside the first tests
// and before any test whose time would run meanwhile. The stand-in cloud of the end-to-end tests has both generations.
const programs = new Map();
let fetched = Promise.resolve();
for (const generation of new Set(
  only === 'unit' ? [] : [...generations, ...(only === 'database' ? [] : [15, 18])],
)) {
  const directory = join(root, '.local', 'test', `postgres-${generation}`);
  // Who needs them says what is wrong.
  fetched = fetched.then(() =>
    findPrograms(directory, generation, (line) => console.log(line)).then(
      () => undefined,
      () => undefined,
    ),
  );
  programs.set(generation, fetched);
}

// The CLI may have to be compiled, for minutes on a new machine: that goes on beside the first tests, too.
const cli =
  only === undefined || only === 'e2e'
    ? ensurePulumiCli({ root, log: (line) => console.log(line) }).then(
        () => null,
        (error) => error,
      )
    : null;

if (only === undefined || only === 'unit') {
  await step(
    'lint',
    async () => (await run(join(root, 'node_modules', '.bin', 'biome'), ['check', '.'])) === 0,
  );
  await step(
    'SQL manifest',
    async () => (await run(process.execPath, [join(root, 'tools', 'manifest.mjs'), '--check'])) === 0,
  );
  await vitest('unit', 'test/unit', {});
}
for (const generation of generations) {
  if (only !== undefined && only === 'unit') continue;
  const directory = join(root, '.local', 'test', `postgres-${generation}`);
  const up = await step(`PostgreSQL ${generation}`, async () => {
    await programs.get(generation);
    return startLocalServer({
      directory,
      generation,
      settings: { fsync: 'off' },
      log: (line) => console.log(line),
    }).then(
      () => true,
      (error) => {
        console.error(error.message);
        return false;
      },
    );
  });
  if (!up) continue;
  const env = { TIDEMARK_TEST_GENERATION: String(generation) };
  if (only !== 'e2e') await vitest(`database-${generation}`, 'test/database', env);
  if (only !== 'database') {
    const failed = await cli;
    await fetched;
    if (failed)
      await step('Pulumi CLI', async () => {
        console.error(failed.message);
        return false;
      });
    // What does not depend on the generation runs once.
    else
      await vitest(
        `e2e-${generation}`,
        generation === generations[0] ? 'test/e2e' : 'test/e2e/provider',
        env,
      );
  }
  await stopLocalServer(directory);
}

if (only === undefined || only === 'database')
  await step(
    'other clocks',
    async () => (await run(process.execPath, [join(root, 'tools', 'clocks.mjs'), '--sample'])) === 0,
  );

let passed = 0;
let failed = 0;
let skipped = 0;
const failures = [];
for (const name of results.map((r) => r.name)) {
  const report = join(reports, `${name}.json`);
  if (!existsSync(report)) continue;
  const summary = JSON.parse(readFileSync(report, 'utf8'));
  passed += summary.numPassedTests;
  failed += summary.numFailedTests;
  skipped += summary.numPendingTests + (summary.numTodoTests ?? 0);
  failures.push(...failuresOf(name, summary, root));
}
const broken = results.filter((r) => !r.passed);
if (failures.length > 0) console.log(`\nFAILED TESTS\n${failures.join('\n')}`);
console.log(
  `\n${results.map((r) => `${r.passed ? 'ok    ' : 'FAILED'} ${r.name} (${r.seconds} s)`).join('\n')}`,
);
console.log(`total ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
// A step that failed without a failing test (a file that does not load, a server that does not start) counts as one.
console.log(`${passed} passed, ${Math.max(failed, broken.length)} failed, ${skipped} skipped`);
process.exit(broken.length === 0 && passed > 0 ? 0 : 1);
