import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { installRollup } from '../helpers/database';
import { createSource, day, type Fixture, refresh, rollup, useDatabase } from '../helpers/fixture';

export const ROOT = join(__dirname, '../..');
/** The compiled program, as users run it. */
export const MAIN = join(ROOT, 'dist', 'infra', 'cli', 'main.js');
/** An empty folder to run it in. */
export const folder = mkdtempSync(join(tmpdir(), 'tidemark-cli-'));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const text = { stdout: '', stderr: '' };
    child.stdout?.on('data', (chunk) => {
      text.stdout += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      text.stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...text }));
  });
}

/** The environment without any variable that names a database, and with what is given. */
function environment(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { TIDEMARK_DATABASE_URL: _first, DATABASE_URL: _second, ...rest } = process.env;
  return { ...rest, ...given };
}

export function tidemark(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return ended(spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: environment(env) }));
}

export function bash(line: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return ended(spawn('bash', ['-c', line], { cwd: folder, env: environment(env) }));
}

/** A database with the rollup `orders`: five minutes of one order a second, filled. */
export function useOrders(): Fixture {
  const fixture = useDatabase();
  beforeAll(async () => {
    await createSource(fixture.client, 'orders');
    await fixture.client.query(
      `insert into raw.orders select $1::timestamptz + g * interval '1 second', 'a', g from generate_series(0, 299) g`,
      [day(-1)],
    );
    await installRollup(fixture.client, rollup('orders'));
    await refresh(fixture.client, 'orders');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return fixture;
}
