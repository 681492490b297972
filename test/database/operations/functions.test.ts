import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';
import { createPartitionedSource, DAY, definition, deploy, HOUR, lines, maintain, value } from './support';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = await openClient(database.url);
  await createPartitionedSource(client);
  await deploy(client, definition({ retention: null, tiers: [{ ...HOUR, retention: '1 year' }, DAY] }));
  await client.query('analyze');
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

describe('figures', () => {
  it('of partitions', async () => {
    const stats = await client.query(
      `select count(*)::int as n, sum(estimated_rows)::int as rows, bool_and(table_bytes >= 0) as sized, count(*) filter (where is_default)::int as defaults from rollup.get_partition_stats('raw.src')`,
    );
    expect(stats.rows[0]).toMatchObject({
      rows: await value(client, 'select count(*) from raw.src'),
      sized: true,
      defaults: 1,
    });
    expect(await value(client, `select count(*) from rollup.get_partition_stats('m_1d')`)).toBe(1);
    await expect(client.query(`select * from rollup.get_partition_stats('nope')`)).rejects.toThrow(
      'table "nope" does not exist',
    );
  });

  it('of tiers', async () => {
    const stats = await client.query(
      `select tier, holes, estimated_rows, rows_written_last_day > 0 as wrote, covered_to <= now() as covered, errors_last_day from rollup.get_detailed_stats('m%')`,
    );
    expect(stats.rows).toEqual([
      {
        tier: '1h',
        holes: 0,
        estimated_rows: await value(client, 'select count(*) from silver.m_1h'),
        wrote: true,
        covered: true,
        errors_last_day: 0,
      },
      {
        tier: '1d',
        holes: 0,
        estimated_rows: await value(client, 'select count(*) from silver.m_1d'),
        wrote: true,
        covered: true,
        errors_last_day: 0,
      },
    ]);
    expect(await lines(client, `select * from rollup.get_detailed_stats('x%')`)).toEqual([]);
  });

  it('and a recommendation that changes nothing', async () => {
    const small = await client.query(`select * from rollup.optimize_chunk_interval('m')`);
    expect(small.rows[0].reason).toMatch(
      /a day over 24\d days make .* a partition of 1 year; the target is 1024 MB\. It has 1 mon\. The interval/,
    );
    expect(
      await value(client, `select recommended_interval::text from rollup.optimize_chunk_interval('m', 100)`),
    ).toBe('01:00:00');
  });
});

describe('what is not there or goes away', () => {
  it('create_rollup_table names the way that there is', async () => {
    await expect(
      client.query(
        `select rollup.create_rollup_table(source_table_name := 'a', target_table_name := 'b', rollup_interval := '1 hour', look_back_window := '7 days')`,
      ),
    ).rejects.toMatchObject({ code: '0A000', hint: expect.stringContaining('pulumi up') });
  });

  it('old log lines are purged', async () => {
    await client.query(`insert into rollup.timeseries_refresh_log (rollup, kind, started_at, finished_at, dirty_keys, rows_written, rows_removed)
      select 'old', 'refresh', t, t, 0, 1, 0 from (values (now() - interval '31 days'), (now() - interval '29 days')) x(t)`);
    await client.query(`insert into rollup.timeseries_error_log (rollup, occurred_at, sqlstate, message, attempt, explanation)
      select 'old', t, 'XX000', 'x', 1, 'x' from (values (now() - interval '31 days'), (now() - interval '29 days')) x(t)`);
    await client.query(`insert into rollup.sealed_change (rollup, occurred_at, operation, row_count, range)
      select 'old', t, 'delete', 1, tstzrange(t, t, '[]') from (values (now() - interval '91 days'), (now() - interval '89 days')) x(t)`);
    await maintain(client);
    for (const log of ['timeseries_refresh_log', 'timeseries_error_log', 'sealed_change']) {
      expect(await value(client, `select count(*) from rollup.${log} where rollup = 'old'`)).toBe(1);
    }
  });

  it('one table that fails does not stop the others', async () => {
    await client.query(`select rollup.partman_forget('silver.m_1h')`);
    await client.query(
      `insert into rollup.timeseries_refresh_log (rollup, kind, started_at, finished_at, dirty_keys, rows_written, rows_removed) values ('gone', 'refresh', now() - interval '40 days', now() - interval '40 days', 0, 1, 0)`,
    );
    await maintain(client);
    expect(
      await lines(
        client,
        `select message, attempt, hint from rollup.timeseries_error_log where rollup = 'm'`,
      ),
    ).toEqual([
      '{"message":"partitions of tier 1h: pg_partman does not manage silver.m_1h","attempt":0,"hint":"Deploy the definition again: `pulumi up` gives the table back to pg_partman."}',
    ]);
    expect(
      await value(client, `select count(*) from rollup.timeseries_refresh_log where rollup = 'gone'`),
    ).toBe(0);
    expect(await value(client, 'select attempt from rollup.timeseries_rollup_config')).toBe(0);
    expect(await value(client, 'select status from rollup.timeseries_operations_monitor')).toBe('WARNING');
  });

  it('nothing of it may be called by anybody', async () => {
    const open = await lines(
      client,
      `select p.proname from pg_proc p where p.pronamespace = 'rollup'::regnamespace and has_function_privilege('public', p.oid, 'execute')
      and p.proname ~ 'partman|maintain|maintenance|drop|drain|purge|retries|problems|stats|validate|optimize|create_rollup|dirty_count|horizon_holders|refresh_state|expired|clear|not_aggregated'`,
    );
    expect(open).toEqual([]);
  });
});
