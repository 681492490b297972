import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';
import { lines, value } from './support';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = await openClient(database.url);
  // A zone far from UTC, and one with summer time: partitions must not depend on who makes them.
  await client.query(`set timezone = 'America/New_York'`);
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

const table = async (name: string, columns = 'at timestamptz not null', key = 'range (at)') => {
  await client.query(`create table raw.${name} (${columns}) partition by ${key}`);
};
const manage = (
  name: string,
  every: string,
  start: string | null = null,
  retention: string | null = null,
  premake = 4,
) =>
  client.query('select rollup.partman_manage($1::regclass, $2, $3, $4, $5, $6)', [
    `raw.${name}`,
    'at',
    every,
    start,
    retention,
    premake,
  ]);
const observe = (name: string) =>
  value<Record<string, unknown> | null>(client, 'select rollup.partman_observe($1::regclass)', [
    `raw.${name}`,
  ]);
const ranges = (name: string) =>
  lines(
    client,
    `select lower(range) at time zone 'UTC' as lower, upper(range) at time zone 'UTC' as upper from rollup.get_partition_stats($1) where not is_default`,
    [`raw.${name}`],
  );

describe('pg_partman behind one adapter', () => {
  it.each([
    ['1 hour', '01:00:00', 'hour'],
    ['1 day', '1 day', 'day'],
    ['1 week', '7 days', 'week'],
    ['1 month', '1 mon', 'month'],
    ['3 months', '3 mons', 'quarter'],
    ['1 year', '1 year', 'year'],
  ])('makes partitions of %s in UTC, from the start to premake ahead', async (every, text, unit) => {
    const name = `p_${unit}`;
    await table(name);
    await manage(
      name,
      every,
      await value(client, `select (now() - 3 * $1::interval)::text`, [every]),
      '10 years',
      2,
    );
    expect(await observe(name)).toEqual({
      every: text,
      retention: '10 years',
      premake: 2,
      automaticMaintenance: false,
      infinite: true,
    });
    expect(
      await value(
        client,
        `select bool_and(lower(range) = date_trunc('${unit}', lower(range), 'UTC')) and min(lower(range)) <= now() - 3 * $2::interval
          and count(*) between 5 and 8 and bool_or(range @> now()) from rollup.get_partition_stats($1) where not is_default`,
        [`raw.${name}`, every],
      ),
    ).toBe(true);
    await manage(name, every, null, '10 years', 2);
    expect(await observe(name)).toMatchObject({ every: text });
  });

  it('brings a configuration back to exactly what is wanted', async () => {
    await table('state');
    await manage('state', '1 day', null, '30 days');
    const before = await ranges('state');
    await client.query(`update partman.part_config set retention = '1 day', premake = 1, automatic_maintenance = 'on', infinite_time_partitions = false,
      retention_keep_table = true, ignore_default_data = false where parent_table = 'raw.state'`);
    expect(await observe('state')).toEqual({
      every: '1 day',
      retention: '1 day',
      premake: 1,
      automaticMaintenance: true,
      infinite: false,
    });
    await manage('state', '1 day', null, null, 5);
    expect(await observe('state')).toEqual({
      every: '1 day',
      retention: null,
      premake: 5,
      automaticMaintenance: false,
      infinite: true,
    });
    expect(
      await value(
        client,
        `select retention_keep_table or not ignore_default_data from partman.part_config where parent_table = 'raw.state'`,
      ),
    ).toBe(false);
    expect(await ranges('state')).toEqual(before);
  });

  it('forgets a table and takes it back with its partitions and the rows of its default partition', async () => {
    await table('"Odd Name"');
    await manage('"Odd Name"', '1 month', null, null, 2);
    await client.query(`insert into raw."Odd Name" values ('1999-01-01'), (now())`);
    const before = await ranges('"Odd Name"');
    await client.query(`select rollup.partman_forget('raw."Odd Name"')`);
    await client.query(`select rollup.partman_forget('raw."Odd Name"')`);
    expect(await observe('"Odd Name"')).toBeNull();
    expect(await lines(client, `select relname from pg_class where relname like 'template%Odd%'`)).toEqual(
      [],
    );
    expect(await ranges('"Odd Name"')).toEqual(before);
    await manage('"Odd Name"', '1 month', null, '1 year', 2);
    expect(await ranges('"Odd Name"')).toEqual(before);
    expect(await value(client, 'select count(*) from raw."Odd Name"')).toBe(2);
    expect(await value(client, `select rollup.default_partition('raw."Odd Name"')::text`)).toBe(
      'raw."Odd Name_default"',
    );
  });

  it('leaves the session as it was', async () => {
    await client.query(`set search_path = raw, public`);
    await table('session');
    await manage('session', '1 day');
    expect(await value(client, 'show search_path')).toBe('raw, public');
    expect(await value(client, 'show timezone')).toBe('America/New_York');
    await client.query('reset search_path');
  });
});
