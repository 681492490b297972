import type { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import {
  createPartitionedSource,
  DAY,
  definition,
  deploy,
  EXACT,
  errors,
  HOUR,
  lines,
  maintain,
  SETTLED,
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

const partitions = async (table: string) =>
  (
    await client.query<{ name: string; until: string }>(
      'select partition_name as name, upper(range)::text as until from rollup.get_partition_stats($1) where not is_default order by 1',
      [table],
    )
  ).rows;
const days = `select ${EXACT} from gold.m_1d`;

describe('retention of a tier', () => {
  it('drops its partitions, hides its rows and leaves the coarser tier exact', async () => {
    const compiled = await deploy(client, definition({ tiers: [{ ...HOUR, retention: '60 days' }, DAY] }));
    await expectExact(client, compiled);
    const before = {
      partitions: await partitions('silver.m_1h'),
      days: await lines(client, `${days} where bucket < '${SETTLED}'`),
    };
    // As if 40 days had gone by.
    await client.query(`update rollup.timeseries_tier set retention = '20 days' where ordinal = 0`);
    await maintain(client);
    expect(await errors(client)).toEqual([]);
    // Those wholly before the time that is kept from now on, and no others. How many lies in the hour and the calendar.
    const kept = await partitions('silver.m_1h');
    const from = await value<string>(
      client,
      'select retained_from from rollup.timeseries_tier where ordinal = 0',
    );
    const expired = before.partitions.filter((partition) => Date.parse(partition.until) <= Date.parse(from));
    expect(expired.length).toBeGreaterThan(30);
    expect(
      before.partitions.filter(({ name }) => !kept.some((partition) => partition.name === name)),
    ).toEqual(expired);
    expect(
      await value(
        client,
        `select min(g.bucket) >= t.retained_from from gold.m_1h g, rollup.timeseries_tier t where t.ordinal = 0 group by t.retained_from`,
      ),
    ).toBe(true);
    // Retention is rounded down to a day of New York, so that no day finds half of its hours gone.
    expect(
      await value(
        client,
        `select retained_from = rollup.time_bucket('1 day', now() - interval '20 days', 'America/New_York') from rollup.timeseries_tier where ordinal = 0`,
      ),
    ).toBe(true);
    expect(await lines(client, `${days} where bucket < '${SETTLED}'`)).toEqual(before.days);
    await expectExact(client, compiled);
    // No partition that straddles retained_from was dropped.
    expect(
      await value(
        client,
        `select min(lower(range)) <= (select retained_from from rollup.timeseries_tier where ordinal = 0) from rollup.get_partition_stats('silver.m_1h') where not is_default`,
      ),
    ).toBe(true);
  });

  it('recomputes the coarser tier from the source for a late row that the finer one no longer holds', async () => {
    const compiled = await deploy(client, definition({ tiers: [{ ...HOUR, retention: '60 days' }, DAY] }));
    await client.query(
      `insert into raw.src values (now() - interval '100 days', 'late', 11, 1), (now() - interval '100 days', 'k0', 12, 1)`,
    );
    await client.query(
      `update raw.src set v = v + 1 where ts between now() - interval '98 days' and now() - interval '97 days'`,
    );
    await client.query(
      `delete from raw.src where ts between now() - interval '96 days' and now() - interval '95 days'`,
    );
    await expectExact(client, compiled);
    await client.query(`call rollup.perform_rollup('m')`);
    expect(await value(client, `select dirty_keys from rollup.dirty_count('m')`)).toBe(0);
    await expectExact(client, compiled);
    expect(await value(client, `select v_sum from gold.m_1d where k = 'late'`)).toBe(11);
    expect(await value(client, `select count(*) from gold.m_1h where k = 'late'`)).toBe(0);
  });

  it('seals what the source drops, where only the coarser tier still has it', async () => {
    await deploy(
      client,
      definition({ retention: '3 months', tiers: [{ ...HOUR, retention: '60 days' }, DAY] }),
    );
    const before = await lines(client, `${days} where bucket < '${SETTLED}'`);
    await maintain(client);
    expect(await errors(client)).toEqual([]);
    expect(await value(client, `select count(*) from rollup.expired_partitions('raw.src')`)).toBe(0);
    await client.query(`insert into raw.src values (now() - interval '7 months', 'late', 3, 1)`);
    await client.query(`call rollup.perform_rollup('m')`);
    expect(await lines(client, `${days} where bucket < '${SETTLED}' and k is distinct from 'late'`)).toEqual(
      before,
    );
    expect(await value(client, `select v_sum from gold.m_1d where k = 'late'`)).toBe(3);
    expect(await value(client, `select count(*) from gold.m_1h where k = 'late'`)).toBe(0);
  });
});
