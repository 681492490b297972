import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';
import { createPartitionedSource, DAY, definition, deploy, HOUR, lines, value } from './support';

/** Rows go to the source and, in the same transaction, to a ledger that nothing ever drops from. */
const WRITERS = 12;
/** At least so long, and until enough has happened: on a busy machine that takes longer. */
const SECONDS = 12;
const MOST_SECONDS = 100;

let database: TestDatabase;
let client: Client;
const clients: Client[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  client = await openClient(database.url);
  for (let index = 0; index < WRITERS + 2; index++) clients.push(await openClient(database.url));
});
afterAll(async () => {
  for (const one of clients) await one.end();
  await client?.end();
  await database?.drop();
});

describe('under concurrent writers', () => {
  it('no row is lost and none is counted twice while partitions are dropped and sealed', async () => {
    await createPartitionedSource(client);
    await client.query('create table raw.ledger as select * from raw.src');
    await deploy(client, definition({ retention: '8 months', tiers: [HOUR, DAY] }));
    const began = performance.now();
    let written = 0;
    let drops = 0;
    const over = () => {
      const seconds = (performance.now() - began) / 1000;
      return seconds > MOST_SECONDS || (seconds > SECONDS && written > 100 && drops > 1);
    };

    const write = async (session: Client, writer: number) => {
      while (!over()) {
        await session.query('begin');
        for (let statement = Math.random() * 3; statement >= 0; statement--) {
          await session.query(
            `with fresh as materialized (
               select now() - random() * interval '8 months' as ts, 'w' || (random() * 5)::integer as k, (random() * 1000)::integer as v, 0.5::float8 as f
                 from generate_series(1, 1 + (random() * 20)::integer)),
             noted as (insert into raw.ledger select * from fresh)
             insert into raw.src select * from fresh`,
          );
        }
        if (Math.random() < 0.1) await session.query(`select pg_sleep(${(Math.random() * 0.5).toFixed(3)})`);
        const keep = Math.random() > 0.1;
        await session.query(keep ? 'commit' : 'rollback');
        if (keep) written++;
      }
      return writer;
    };
    const refresh = async (session: Client) => {
      while (!over()) await session.query(`call rollup.perform_rollup('m', true)`);
    };
    const parts = (session: Client) =>
      value<number>(session, `select count(*) from rollup.get_partition_stats('raw.src')`);
    const maintain = async (session: Client) => {
      for (let months = 7; !over(); ) {
        const before = await parts(session);
        await session.query(`update partman.part_config set retention = $1 where parent_table = 'raw.src'`, [
          `${months} months`,
        ]);
        await session.query(`call rollup.maintain_timeseries_tables()`);
        // Writers may have kept it from its locks: then the same once more.
        if ((await parts(session)) === before) continue;
        drops++;
        months = Math.max(months - 2, 1);
      }
    };
    const [refresher, maintainer, ...writers] = clients as [Client, Client, ...Client[]];
    await Promise.all([refresh(refresher), maintain(maintainer), ...writers.map(write)]);
    await client.query(`call rollup.perform_rollup('m', true)`);
    await client.query('call rollup.maintain_timeseries_tables()');
    await client.query(`call rollup.perform_rollup('m', true)`);

    expect(written).toBeGreaterThan(100);
    expect(drops).toBeGreaterThan(1);
    expect(await lines(client, 'select * from rollup.sealed_change')).toEqual([]);
    expect(
      await lines(
        client,
        `select message from rollup.timeseries_error_log where message !~ 'lock timeout|is past its retention|changed during this maintenance'`,
      ),
    ).toEqual([]);
    for (const [view, bucket] of [
      ['gold.m_1h', `date_bin('1 hour', ts, '2000-01-01Z')`],
      ['gold.m_1d', `rollup.time_bucket('1 day', ts, 'America/New_York')`],
    ]) {
      expect(
        await lines(
          client,
          `with g as (select bucket, k, v_count, v_sum, v_min, v_max, v_first, v_last, row_count from ${view}),
          l as (select ${bucket} as bucket, k, count(v) as v_count, sum(v) as v_sum, min(v) as v_min, max(v) as v_max,
            (min(array[extract(epoch from ts), v]))[2]::integer, (max(array[extract(epoch from ts), v]))[2]::integer, count(*) as row_count from raw.ledger group by 1, 2)
          (select 'gold' as side, * from (select * from g except all select * from l) a union all select 'ledger', * from (select * from l except all select * from g) b limit 5)`,
        ),
      ).toEqual([]);
    }
  });
});
