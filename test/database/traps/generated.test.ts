import type { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { generation, installRollup } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { day, dirtyKeys, type Fixture, refresh, rollup, useDatabase } from '../../helpers/fixture';

type Given = NonNullable<Parameters<typeof rollup>[1]>;

const COLUMNS = 'ts timestamptz not null, url text, n integer';
const OVER: Given = {
  dimensions: ['host'],
  measures: [{ column: 'twice', aggregates: ['count', 'sum', 'max'] }],
};

/** One row a minute from the given day on, numbered from 1 to 12, of the hosts H0, H1 and H2. */
const load = (client: Client, table: string) =>
  client.query(
    `insert into raw.${table} (ts, url, n) select $1::timestamptz + g * interval '1 minute', 'H' || g % 3 || '/x', g from generate_series(1, 12) g`,
    [day(-1)],
  );

describe('generated columns of a source', () => {
  const db = useDatabase();

  it('that are stored serve as dimension and measure', async () => {
    await db.client.query(`create table raw.stored (${COLUMNS},
      host text generated always as (lower(split_part(url, '/', 1))) stored, twice integer generated always as (n * 2) stored)`);
    await load(db.client, 'stored');
    const compiled = await installRollup(db.client, rollup('stored', OVER));
    await refresh(db.client, 'stored');
    await db.client.query(`update raw.stored set url = 'h9/y', n = n + 1 where n % 4 = 0`);
    // Of three buckets the old and the new host.
    expect(await dirtyKeys(db.client, 'stored')).toBe(6);
    await expectExact(db.client, compiled);
    await refresh(db.client, 'stored');
    await expectExact(db.client, compiled);
    const { rows } = await db.client.query(
      `select host, sum(twice_sum)::int as sum, max(twice_max) as max from gold.stored_1m group by 1 order by 1`,
    );
    // 4, 8 and 12 became 5, 9 and 13 of h9; left are 3, 6 and 9 of h0, 1, 7 and 10 of h1, 2, 5 and 11 of h2.
    expect(rows).toEqual([
      { host: 'h0', sum: 36, max: 18 },
      { host: 'h1', sum: 36, max: 20 },
      { host: 'h2', sum: 36, max: 22 },
      { host: 'h9', sum: 54, max: 26 },
    ]);
  });

  if (generation() >= 18) virtualColumns(db);
});

/** A trigger sees null in them, in NEW, in OLD and in the transition tables. */
function virtualColumns(db: Fixture): void {
  const VIRTUAL = `${COLUMNS}, host text generated always as (lower(split_part(url, '/', 1))) virtual,
    twice integer generated always as (n * 2) virtual, "At" timestamptz generated always as (ts) virtual`;

  it.each<[column: string, given: Given, instead: string]>([
    [
      'host',
      { dimensions: ['host'] },
      `host text generated always as (lower(split_part(url, '/'::text, 1)))`,
    ],
    ['twice', { ...OVER, dimensions: [] }, 'twice integer generated always as ((n * 2))'],
    ['At', { source: { time: 'At' } }, '"At" timestamp with time zone generated always as (ts)'],
  ])('that are virtual are refused where the rollup needs them: %s', async (column, given, instead) => {
    const name = `virtual_${column.toLowerCase()}`;
    await db.client.query(`create table raw.${name} (${VIRTUAL})`);
    const counted = {
      dimensions: ['url'],
      measures: [{ column: '*', aggregates: ['count'] }],
    } satisfies Given;
    await expect(installRollup(db.client, rollup(name, { ...counted, ...given }))).rejects.toMatchObject({
      message: `Rollup "${name}": column "${column}" of raw.${name} is a virtual generated column, which triggers see as null: its changes would be missed.`,
      hint: `Store it: alter table raw.${name} drop column ${instead.split(' ')[0]}, add column ${instead} stored;`,
    });
  });

  it.each([
    ['range (ts)', 'by_range'],
    ['list (lower(url))', 'by_expression'],
  ])('that are virtual do no harm where it does not, in a source by %s', async (by, name) => {
    await db.client.query(`create table raw.${name} (${VIRTUAL}) partition by ${by};
      create table raw.${name}_all partition of raw.${name} default`);
    await load(db.client, name);
    const over: Given = { dimensions: ['url'], measures: [{ column: 'n', aggregates: ['sum'] }] };
    const compiled = await installRollup(db.client, rollup(name, over));
    await refresh(db.client, name);
    await db.client.query(`update raw.${name} set url = 'H9/x' where twice = 8 or host = 'h2'`);
    await db.client.query(`delete from raw.${name} where twice = 2`);
    await expectExact(db.client, compiled);
    await refresh(db.client, name);
    await expectExact(db.client, compiled);
    const { rows } = await db.client.query(
      `select url, sum(n_sum)::int as sum from gold.${name}_1m group by 1 order by 1`,
    );
    // 2, 5, 8, 11 of h2 and 4 of h1 went to h9; 1 of h1 is gone.
    expect(rows).toEqual([
      { url: 'H0/x', sum: 30 },
      { url: 'H1/x', sum: 17 },
      { url: 'H9/x', sum: 30 },
    ]);
  });
}
