import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';
import { definition, deploy, lines } from './support';

let database: TestDatabase;
let client: Client;
let other: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = await openClient(database.url);
  other = await openClient(database.url);
  await client.query('create table raw.src (ts timestamptz not null, k text, v integer, f double precision)');
  await client.query(
    `insert into raw.src select t, 'k', 1, 1 from generate_series(now() - interval '5 days', now(), interval '10 minutes') t`,
  );
  await deploy(client, definition());
});
afterAll(async () => {
  await other?.end();
  await client?.end();
  await database?.drop();
});

interface Row {
  readonly status: string;
  readonly reason: string | null;
  readonly [column: string]: unknown;
}
const monitor = async (): Promise<Row> =>
  (await client.query<Row>('select * from rollup.timeseries_operations_monitor')).rows[0] as Row;
const set = (assignments: string) =>
  client.query(`update rollup.timeseries_rollup_config set ${assignments}`);

describe('the operations monitor', () => {
  it('is OK when all is covered', async () => {
    expect(await monitor()).toMatchObject({
      name: 'm',
      status: 'OK',
      reason: null,
      dirty_keys: 0,
      late_rows: 0,
      backfill: '1.0000',
      backfill_remaining: null,
      attempt: 0,
      last_error: null,
      sealed_changes: 0,
      partitions_until: null,
    });
    expect((await monitor())['rows_last_hour']).toBeGreaterThan(0);
  });

  it('counts dirty keys exactly', async () => {
    await client.query(
      `insert into raw.src select now() - interval '1 day' - n * interval '1 hour', 'x', 1, 1 from generate_series(1, 7) n`,
    );
    expect(await monitor()).toMatchObject({ dirty_keys: 7, status: 'OK' });
    await client.query(`call rollup.perform_rollup('m')`);
    expect(await monitor()).toMatchObject({ dirty_keys: 0 });
  });

  it('is RUNNING while a session holds the rollup', async () => {
    await other.query(`begin; select pg_advisory_xact_lock(7114, hashtext('m'))`);
    expect(await monitor()).toMatchObject({ status: 'RUNNING' });
    await other.query('rollback');
    expect(await monitor()).toMatchObject({ status: 'OK' });
  });

  it('warns of a failure, and pages after the third', async () => {
    await client.query('alter table silver.m_1h rename to hidden');
    for (const status of ['WARNING', 'WARNING', 'ALERT']) {
      await client.query(`insert into raw.src values (now() - interval '1 day', 'x', 1, 1)`);
      await client.query(`call rollup.perform_rollup('m', true, '1 minute', false)`);
      expect(await monitor()).toMatchObject({ status });
    }
    expect((await monitor()).reason).toMatch(
      /^3 refreshes failed in a row, the last: relation "silver.m_1h" does not exist/,
    );
    await client.query('alter table silver.hidden rename to m_1h');
    await set(`next_attempt_at = now() - interval '1 second'`);
    await client.query('call rollup.handle_rollup_retries()');
    expect(await monitor()).toMatchObject({ status: 'OK', attempt: 0, next_attempt_at: null, dirty_keys: 0 });
    expect(
      await lines(
        client,
        "select attempt, next_attempt_at - occurred_at > interval '1 minute' * 4 * attempt as waits from rollup.timeseries_error_log",
      ),
    ).toHaveLength(3);
    await client.query('delete from rollup.timeseries_error_log');
  });

  it('does not retry before its time', async () => {
    await set(`attempt = 1, next_attempt_at = now() + interval '1 hour'`);
    await client.query('call rollup.handle_rollup_retries()');
    expect(await monitor()).toMatchObject({ attempt: 1 });
    await set('attempt = 0, next_attempt_at = null');
  });

  it('is quiet about a retired rollup', async () => {
    await client.query('begin');
    await set(`enabled = false, last_success_at = now() - interval '9 days', attempt = 9`);
    expect(await monitor()).toMatchObject({ status: 'OK', lag: null });
    expect((await monitor()).reason).toMatch(/^retired/);
    await client.query('rollback');
  });

  it('can be read with pg_monitor alone', async () => {
    const admin = await openClient(database.adminUrl);
    const role = `reader_${database.name}`;
    try {
      await admin.query(`create role ${role}; grant pg_monitor to ${role}; set role ${role}`);
      expect(await lines(admin, 'select name, status from rollup.timeseries_operations_monitor')).toEqual([
        '{"name":"m","status":"OK"}',
      ]);
      await expect(admin.query('select * from rollup.timeseries_rollup_config')).rejects.toThrow(
        /permission denied/,
      );
    } finally {
      await admin.query(`reset role; drop role if exists ${role}`);
      await admin.end();
    }
  });
});
