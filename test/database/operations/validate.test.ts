import type { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';
import { createPartitionedSource, DAY, definition, deploy, HOUR, lines } from './support';

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

const problems = async () =>
  (
    await lines(
      client,
      `select problem from rollup.validate_rollup_config('m') where problem not like 'pg_cron%'`,
    )
  ).map((line) => JSON.parse(line).problem as string);

describe('rollup.validate_rollup_config', () => {
  afterEach(() => client.query('rollback'));

  it('finds nothing wrong, but that nothing is scheduled', async () => {
    expect(await lines(client, `select * from rollup.validate_rollup_config()`)).toHaveLength(1);
    expect(await problems()).toEqual([]);
  });

  it.each([
    [
      'a missing trigger',
      'drop trigger rollup_d_m on raw.src',
      /^trigger rollup_d_m on raw\.src is missing$/,
    ],
    [
      'a disabled one',
      'alter table raw.src disable trigger rollup_i_m',
      /^trigger rollup_i_m on raw\.src is disabled$/,
    ],
    ['a missing view', 'drop view gold.m_1d', /^gold\.m_1d is missing$/],
    ['a missing log', 'drop table rollup.dirty_m cascade', /^rollup\.dirty_m is missing$/],
    [
      'coverage by hand',
      `update rollup.timeseries_tier set coverage = '{[2001-01-01 00:30Z,2001-01-01 02:00Z)}' where ordinal = 0`,
      /^coverage of tier 1h does not lie on its bucket boundaries/,
    ],
    [
      'a renamed dimension',
      'alter table raw.src rename column k to kk',
      /^the source no longer has the column k, which is now called kk$/,
    ],
    [
      'a changed measure',
      'drop view gold.m_1h, gold.m_1d; alter table raw.src alter column v type bigint',
      /^column v of the source now has the type bigint instead of integer$/,
    ],
    [
      'a lost measure',
      'alter table raw.src drop column v cascade',
      /^the source no longer has the column v$/,
    ],
    [
      'forgotten partitions',
      `select rollup.partman_forget('raw.src')`,
      /^pg_partman does not manage raw\.src$/,
    ],
    [
      'maintenance by pg_partman',
      `update partman.part_config set automatic_maintenance = 'on' where parent_table = 'silver.m_1h'`,
      /maintenance of silver\.m_1h is on/,
    ],
    [
      'rows in a default partition',
      `insert into raw.src values ('9999-01-01', 'x', 1, 1)`,
      /^the default partition raw\.src_default holds rows$/,
    ],
    ['no source', 'drop table raw.src cascade', /^the source "raw"\."src" does not exist$/],
  ])('finds %s', async (_, damage, problem) => {
    await client.query('begin');
    await client.query(damage);
    const found = await problems();
    expect(found.filter((one) => problem.test(one))).toHaveLength(1);
    // The gold views hold on to the source's columns: they have to go first, and are missed too.
    expect(found.filter((one) => !problem.test(one) && !/^gold\.m_1[hd] is missing$/.test(one))).toEqual([]);
  });

  it('knows only what is configured', async () => {
    await expect(client.query(`select * from rollup.validate_rollup_config('nope')`)).rejects.toThrow(
      'rollup "nope" is not configured',
    );
    await expect(client.query(`call rollup.maintain_timeseries_tables('nope')`)).rejects.toThrow(
      'rollup "nope" is not configured',
    );
  });
});
