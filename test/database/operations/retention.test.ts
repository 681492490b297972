import { describe, expect, it } from 'vitest';
import { expectExact } from '../../helpers/exact';
import { useDatabase } from '../../helpers/fixture';
import {
  createPartitionedSource,
  definition,
  deploy,
  EXACT,
  errors,
  lines,
  maintain,
  SETTLED,
  value,
} from './support';

const db = useDatabase();

const days = `select ${EXACT} from gold.m_1d where bucket < '${SETTLED}'`;
const partitions = (table: string) =>
  value<number>(db.client, `select count(*) from pg_partition_tree($1::regclass) where isleaf`, [table]);

describe('retention of a source', () => {
  let before: { hours: string[]; days: string[] };
  const thisHour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  const hours = `select ${EXACT} from gold.m_1h where bucket < '${new Date(thisHour).toISOString()}'`;

  it('drops expired partitions and keeps every aggregate', async () => {
    await createPartitionedSource(db.client);
    const compiled = await deploy(db.client, definition({ retention: '3 months' }));
    await expectExact(db.client, compiled);
    before = { hours: await lines(db.client, hours), days: await lines(db.client, days) };
    const had = await partitions('raw.src');
    await maintain(db.client);
    expect(await errors(db.client)).toEqual([]);
    expect(had - (await partitions('raw.src'))).toBeGreaterThanOrEqual(4);
    expect(await value(db.client, `select min(ts) > now() - interval '4 months 3 days' from raw.src`)).toBe(
      true,
    );
    expect(await lines(db.client, hours)).toEqual(before.hours);
    expect(await lines(db.client, days)).toEqual(before.days);
    await expectExact(db.client, compiled);
    // The sealed ranges end on days of New York, not on the partition's edge.
    expect(
      await value(
        db.client,
        `select bool_and(upper(r) = rollup.time_bucket('1 day', upper(r), 'America/New_York'))
        from rollup.timeseries_rollup_config, unnest(sealed) r`,
      ),
    ).toBe(true);
  });

  it('leaves the session as it was', async () => {
    expect(await value(db.client, 'show search_path')).toBe('"$user", public');
  });

  it('keeps them through refreshes, a truncate of what is left and another maintenance', async () => {
    await db.client.query(`call rollup.perform_rollup('m')`);
    await maintain(db.client);
    expect(await lines(db.client, days)).toEqual(before.days);
    const live = `select min(lower(range)) from rollup.source_leaf where isfinite(lower(range))`;
    const old = `select ${EXACT} from gold.m_1h where bucket < (${live})`;
    const oldBefore = await lines(db.client, old);
    await db.client.query('begin');
    await db.client.query('truncate raw.src');
    expect(await lines(db.client, old)).toEqual(oldBefore);
    await db.client.query('rollback');
  });
});

describe('late rows for sealed ranges', () => {
  // Five hours before New York's midnight: a bucket of the day tier whose other rows are still in the source.
  const edge = `(select upper(r) from rollup.timeseries_rollup_config, unnest(sealed) r order by 1 desc limit 1)`;
  const at = (offset: string) => `${edge} - interval '${offset}'`;
  const hour = (time: string) =>
    `select k, v_count, v_sum, v_min, v_max, v_last, row_count from gold.m_1h where bucket = date_bin('1 hour', ${time}, '2000-01-01Z')`;
  const day = (time: string) =>
    `select k, v_count, v_sum, v_min, v_max, row_count from gold.m_1d where bucket = rollup.time_bucket('1 day', ${time}, 'America/New_York')`;

  it.each([
    ['wholly in a dropped partition', '40 days'],
    ['in the part of the straddling day that is gone', '20 hours'],
    ['in the part of the straddling day that is left', '1 hour'],
  ])('merge as a delta into every tier: %s', async (_, offset) => {
    const time = await value<string>(db.client, `select ${at(offset)}`);
    const read = async (query: (time: string) => string) => {
      const found = await db.client.query<{ v_count: number; v_sum: number; row_count: number }>(
        `${query(`'${time}'::timestamptz`)} and k = 'late'`,
      );
      return found.rows[0] ?? { v_count: 0, v_sum: 0, row_count: 0 };
    };
    const both = async () => [await read(hour), await read(day)] as const;
    const untouched = await lines(
      db.client,
      `${day(`'${time}'::timestamptz`)} and k is distinct from 'late'`,
    );
    const before = await both();
    await db.client.query(`insert into raw.src values ($1, 'late', 7, 0.5), ($1, 'late', 9, 0.5)`, [time]);
    expect(await value(db.client, `select late_rows from rollup.dirty_count('m')`)).toBe(2);
    await db.client.query(`call rollup.perform_rollup('m')`);
    expect(await value(db.client, `select late_rows from rollup.dirty_count('m')`)).toBe(0);
    for (const [index, b] of (await both()).entries()) {
      const a = before[index as 0 | 1];
      expect(b).toMatchObject({ v_count: Number(a.v_count) + 2, row_count: Number(a.row_count) + 2 });
      expect(Number(b.v_sum)).toBe(Number(a.v_sum) + 16);
    }
    expect(await lines(db.client, `${day(`'${time}'::timestamptz`)} and k is distinct from 'late'`)).toEqual(
      untouched,
    );
    expect(await lines(db.client, 'select * from rollup.sealed_change')).toEqual([]);
  });

  it('are merged when an update moves them there', async () => {
    const time = await value<string>(db.client, `select ${at('41 days')}`);
    await db.client.query(`insert into raw.src values (now() - interval '2 hours', 'moved', 5, 1)`);
    await db.client.query(`call rollup.perform_rollup('m')`);
    await db.client.query(`update raw.src set ts = $1 where k = 'moved'`, [time]);
    await db.client.query(`call rollup.perform_rollup('m')`);
    expect(
      await lines(
        db.client,
        `select date_bin('1 hour', $1::timestamptz, '2000-01-01Z') = bucket as there, v_sum from gold.m_1h where k = 'moved'`,
        [time],
      ),
    ).toEqual(['{"there":true,"v_sum":5}']);
    expect(await lines(db.client, 'select * from rollup.sealed_change')).toEqual([]);
  });

  it('cannot be updated or deleted unnoticed', async () => {
    const time = await value<string>(db.client, `select ${at('1 hour')}`);
    await db.client.query(`update raw.src set v = v + 1 where k = 'late' and ts = $1`, [time]);
    await db.client.query(`delete from raw.src where k = 'late' and ts = $1`, [time]);
    expect(await lines(db.client, 'select rollup, operation, row_count from rollup.sealed_change')).toEqual([
      '{"rollup":"m","operation":"delete","row_count":2}',
      '{"rollup":"m","operation":"update","row_count":2}',
    ]);
    await db.client.query(`call rollup.perform_rollup('m')`);
    expect(
      await value(
        db.client,
        `${day(`'${time}'::timestamptz`).replace('k, v_count', 'v_count')} and k = 'late'`,
      ),
    ).toBeGreaterThanOrEqual(2);
  });

  it('leave the default partition once they are merged, without being counted as deleted', async () => {
    const inDefault = () => value<number>(db.client, 'select count(*) from only raw.src_default');
    expect(await inDefault()).toBeGreaterThan(0);
    const gold = await lines(db.client, days);
    await maintain(db.client);
    expect(await inDefault()).toBe(0);
    expect(await value(db.client, 'select count(*) from rollup.sealed_change')).toBe(2);
    await db.client.query(`call rollup.perform_rollup('m')`);
    expect(await lines(db.client, days)).toEqual(gold);
    expect(await errors(db.client)).toEqual([]);
  });
});
