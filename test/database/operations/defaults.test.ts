import type { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import {
  createPartitionedSource,
  DAY,
  definition,
  deploy,
  errors,
  HOUR,
  lines,
  maintain,
  value,
} from './support';

let database: TestDatabase;
let client: Client;

beforeEach(async () => {
  database = await createTestDatabase();
  client = await openClient(database.url);
  await createPartitionedSource(client);
});
afterEach(async () => {
  await client?.end();
  await database?.drop();
});

const leaves = (table: string) =>
  value<number>(client, `select count(*) from pg_partition_tree($1::regclass) where isleaf`, [table]);

describe('default partitions', () => {
  it('of a tier are emptied into partitions of their own', async () => {
    const compiled = await deploy(client, definition({ tiers: [{ ...HOUR, retention: '60 days' }, DAY] }));
    await client.query(
      `create temp table kept as select * from silver.m_1h where bucket >= date_trunc('day', now()) - interval '3 days' and bucket < date_trunc('day', now())`,
    );
    for (const leaf of await lines(
      client,
      `select tableoid::regclass::text as t from silver.m_1h where bucket in (select bucket from kept) group by 1`,
    )) {
      await client.query(`drop table ${JSON.parse(leaf).t as string}`);
    }
    await client.query('insert into silver.m_1h select * from kept');
    expect(await value(client, 'select count(*) from only silver.m_1h_default')).toBeGreaterThan(0);
    await expectExact(client, compiled);
    const had = await leaves('silver.m_1h');
    await maintain(client);
    expect(await errors(client)).toEqual([]);
    expect(await value(client, 'select count(*) from only silver.m_1h_default')).toBe(0);
    expect((await leaves('silver.m_1h')) - had).toBe(3);
    await expectExact(client, compiled);
  });

  it('of a source may hold the year 9999 and infinity: coming partitions are made all the same, without a gap', async () => {
    const compiled = await deploy(client, definition({ retention: '1 year' }));
    const last = () => value<string>(client, `select rollup.partitions_until('m')::text`);
    const until = await last();
    for (const leaf of await lines(
      client,
      `select relid::regclass::text as t from rollup.source_leaf where lower(range) > now()`,
    )) {
      await client.query(`drop table ${JSON.parse(leaf).t as string}`);
    }
    await client.query(
      `insert into raw.src values ('infinity', 'a', 1, 1), ('-infinity', 'a', 1, 1), ('9999-01-01', 'a', 1, 1), (now() + interval '65 days', 'next', 4, 1)`,
    );
    await maintain(client);
    expect(await errors(client)).toEqual([]);
    expect(await last()).toBe(until);
    expect(
      await value(
        client,
        `select bool_and(lower(range) = before or before is null) from
      (select range, lag(upper(range)) over (order by range) as before from rollup.get_partition_stats('raw.src') where not is_default) x`,
      ),
    ).toBe(true);
    expect(await value(client, `select count(*) from only raw.src_default where k = 'next'`)).toBe(0);
    await client.query(`call rollup.perform_rollup('m')`);
    await expectExact(client, compiled);
  });
});
