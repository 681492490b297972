import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signal } from '../../../infra/local/postgres/processes';
import { openClient } from '../../helpers/database';
import { killTree, processTree } from '../../helpers/kill';
import { expectWhole } from './rollup';
import { type TestStack, testStack } from './stack';

const NAMES = ['one', 'two', 'three'];

const definition = (name: string, lag = '1 minute') => `
apiVersion: tidemark/v1
name: ${name}
source: { table: raw.${name}, time: at }
measures: { "*": [count] }
tiers: [{ every: 1 hour }]
refresh: { schedule: "0 0 1 1 *", lag: ${lag} }
`;

let stack: TestStack;
let blocker: Client;
const orphans: number[] = [];
const createSource = (name: string) =>
  stack.client.query(
    `create table raw.${name} (at timestamptz not null); insert into raw.${name} select now() - n * interval '5 minutes' from generate_series(1, 100) n`,
  );

beforeAll(async () => {
  stack = await testStack('interrupted');
  blocker = await openClient(stack.server.url);
  await stack.client.query('create schema raw');
  await createSource('one');
  await createSource('two');
});
afterAll(async () => {
  // Gone already, as they should be.
  for (const pid of orphans) signal(pid, 'SIGKILL');
  await blocker?.end();
  await stack?.close();
});

/** Starts `up` and waits until it hangs on a table that another session has locked. */
async function upUntilBlocked(table: string): Promise<ChildProcess> {
  await blocker.query('begin');
  await blocker.query(`lock table ${table} in row exclusive mode`);
  const child = stack.runner.spawn(['up', '--yes', '--skip-preview']);
  const waiting = `select from pg_stat_activity where datname = current_database() and application_name = 'tidemark' and wait_event_type = 'Lock'`;
  while ((await stack.client.query(waiting)).rowCount === 0) {
    expect(child.exitCode, 'up ended before it was blocked').toBeNull();
    await sleep(50);
  }
  return child;
}

async function expectConverged(): Promise<void> {
  expect(await stack.up()).not.toMatch(/error/i);
  await stack.unchanged();
  for (const name of NAMES) await expectWhole(stack, name);
}

describe('pulumi up', () => {
  it('applies what it can when one definition fails, and goes on from there', async () => {
    for (const name of ['one', 'three']) await stack.define(name, definition(name));
    const text = await stack.fails('up', '--yes', '--skip-preview');
    expect(text).toMatch(
      /Rollup "three": the source table "raw"\."three" does not exist\. Create the table first, or give `source\.columns`/,
    );
    expect(text).toMatch(/Rollup one created/);
    await expectWhole(stack, 'one');
    await createSource('three');
    expect(await stack.up()).toMatch(/Rollup three created[\s\S]*\+ 1 created/);
    await stack.unchanged();
  });

  it('converges after the CLI alone was killed, while its provider goes on', async () => {
    await stack.define('two', definition('two'));
    await stack.define('one', definition('one', '2 minutes'));
    const child = await upUntilBlocked('raw.two');
    orphans.push(...(await processTree(child.pid ?? 0)).slice(1));
    child.kill('SIGKILL');
    await once(child, 'exit');
    // The orphan and the next run now want the same thing at the same time.
    await blocker.query('rollback');
    await expectConverged();
  });

  it('converges after all of it was killed in the middle of an update', async () => {
    for (const name of NAMES) await stack.define(name, definition(name, '3 minutes'));
    const child = await upUntilBlocked('raw.two');
    await killTree(child.pid ?? 0);
    await blocker.query('rollback');
    await expectConverged();
  });
});
