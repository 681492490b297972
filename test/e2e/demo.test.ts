import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localServerStatus, stopLocalServer } from '../../infra/local/postgres/server';
import { installRollup, openClient } from '../helpers/database';
import { createSource, rollup, tier } from '../helpers/fixture';

const ROOT = join(__dirname, '../..');
/** A server and a state of its own: the checkout's may be in use. */
const directory = join(ROOT, '.local', 'test', 'demo');
const MINUTES = 60_000;

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

/** The demo as `npm run demo` runs it, over the last 20,000 flights. */
function demo(rows = 20_000): Run {
  const { DATABASE_URL: _, ...env } = process.env;
  const args = [join(ROOT, 'tools', 'demo.mjs'), '--rows', String(rows), '--directory', directory];
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return { child, output: () => text, ended: new Promise((resolve) => child.on('close', resolve)) };
}

/** Waits until the output holds a text, and tells whether it came before the end. */
async function until(run: Run, text: string): Promise<boolean> {
  for (;;) {
    if (run.output().includes(text)) return true;
    if (run.child.exitCode !== null || run.child.signalCode !== null) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A rollup of the user's own that is not filled, and that gold answers wrongly for. */
async function addForged(): Promise<void> {
  const server = await localServerStatus(join(directory, 'postgres'));
  const client = await openClient(server?.url ?? '');
  try {
    await createSource(client, 'forged');
    await client.query(`insert into raw.forged values (now() - interval '3 days', 'k', 1)`);
    await installRollup(client, rollup('forged', { tiers: [tier('1 hour', '1h')] }));
    await client.query('drop view gold.forged_1h');
    await client.query('create view gold.forged_1h as select * from silver.forged_1h');
  } finally {
    await client.end();
  }
}

async function remove(): Promise<void> {
  await stopLocalServer(join(directory, 'postgres'));
  rmSync(directory, { recursive: true, force: true });
}

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

describe('npm run demo', () => {
  beforeAll(remove, MINUTES);
  afterAll(remove, MINUTES);

  it(
    'can be interrupted while it loads, and leaves nothing half done',
    async () => {
      const run = demo(3_000_000);
      expect(await until(run, 'forward by')).toBe(true);
      run.child.kill('SIGTERM');
      expect(await run.ended).toBe(143);
      expect(run.output()).toContain('Interrupted. Run it again: it goes on where it was.');
    },
    3 * MINUTES,
  );

  it(
    'loads, deploys, fills, shows and proves',
    async () => {
      const run = demo();
      const code = await run.ended;
      const output = run.output();
      expect(code, output).toBe(0);
      const words = output.replace(/\s+/g, ' ');
      expect(words).toMatch(/the last 20,000 of 3,000,000 US flights of 2001\. .* whole weeks/);
      expect(output).toMatch(/20,000 rows into raw\.flights in .* at most \d+ MB/s);
      expect(output).toContain('Rollup flight_delays created');
      expect(output).toMatch(/Filled in .*: \d+ batch/);
      expect(output).toMatch(/\n {3}flight_delays +(OK|RUNNING) +100 %/);
      expect(output).toMatch(/Departures of ORD by hour/);
      expect(output).toMatch(/No changes, found in/);
      expect(output.match(/All [\d,]+ rows equal/g)).toHaveLength(3);
      expect(output).toMatch(/At once, before any refresh:[\s\S]*[1-9]\d* dirty keys waiting for a refresh/);
      expect(output).not.toMatch(/DIFFERS|error:/);
      for (const line of output.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
    },
    6 * MINUTES,
  );

  it(
    'works a second time, finds what is done, and proves its own rollups only',
    async () => {
      await addForged();
      const run = demo();
      expect(await run.ended, run.output()).toBe(0);
      expect(run.output()).toContain('raw.flights is loaded already: 20,');
      expect(run.output()).toContain('All tiers are filled.');
      expect(run.output()).toContain('5 unchanged');
      expect(run.output().match(/All [\d,]+ rows equal/g)).toHaveLength(3);
      expect(run.output()).not.toContain('forged');
    },
    6 * MINUTES,
  );

  it('shows no password, and keeps none in the state', async () => {
    const server = await localServerStatus(join(directory, 'postgres'));
    const password = new URL(server?.url ?? '').password;
    expect(password.length).toBeGreaterThan(20);
    const state = [...files(join(directory, 'pulumi'))].filter((path) =>
      readFileSync(path, 'utf8').includes(password),
    );
    expect(state).toEqual([]);
    const file = join(directory, 'postgres', 'url');
    expect(existsSync(file) && statSync(file).mode & 0o777).toBe(0o600);
  });
});
