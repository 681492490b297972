import { describe, expect, it } from 'vitest';
import { installRollup } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, day, refresh, rollup, tier, useDatabase, value } from '../../helpers/fixture';

describe('partitions that are gone', () => {
  const db = useDatabase();
  const query = (sql: string, values: readonly unknown[] = []) => db.client.query(sql, [...values]);
  const rows = (table: string, from: number, count: number, k = 'a') =>
    query(
      `insert into raw.${table} select $1::timestamptz + g * interval '1 second', '${k}', g from generate_series(1, $2::integer) g`,
      [day(from), count],
    );

  async function prepare(name: string, hourly = false) {
    await createSource(db.client, name, [
      ['d3', -3, -2],
      ['d2', -2, -1],
      ['d1', -1, 0],
      ['d0', 0, 1],
    ]);
    await rows(name, -3, 50);
    await rows(name, -2, 50);
    const tiers = hourly ? [tier('1 second', '1s'), tier('1 minute', '1m'), tier('1 hour', '1h')] : undefined;
    const compiled = await installRollup(db.client, rollup(name, tiers === undefined ? {} : { tiers }));
    await refresh(db.client, name);
    await expectExact(db.client, compiled);
    return compiled;
  }

  it.each(['detach', 'drop'])('keeps the aggregates of a partition that is gone (%s)', async (how) => {
    const name = `gone_${how}`;
    const compiled = await prepare(name, true);
    await query(
      how === 'drop'
        ? `drop table raw.${name}_d3`
        : `alter table raw.${name} detach partition raw.${name}_d3`,
    );
    await refresh(db.client, name);
    expect(
      await value(
        db.client,
        `select sum(row_count)::integer from gold.${name}_1h where bucket < '${day(-2)}'`,
      ),
    ).toBe(50);
    await expectExact(db.client, compiled);
    await query(
      `insert into raw.${name} values ('${day(-2)}'::timestamptz + interval '30 seconds', 'late', 1)`,
    );
    await query('select pg_sleep(0)');
    await refresh(db.client, name);
    expect(
      await value(
        db.client,
        `select sum(row_count)::integer from gold.${name}_1h where bucket < '${day(-2)}'`,
      ),
    ).toBe(50);
    await expectExact(db.client, compiled);
  });

  it('a detached partition is no part of the source any more: what happens in it changes nothing', async () => {
    await prepare('apart');
    await query('alter table raw.apart detach partition raw.apart_d3');
    await refresh(db.client, 'apart');
    await rows('apart_d3', -3, 5, 'a');
    await query('delete from raw.apart_d3 where v > 40');
    await refresh(db.client, 'apart');
    expect(
      await value(db.client, `select sum(row_count)::integer from gold.apart_1m where bucket < '${day(-2)}'`),
    ).toBe(50);
    expect(
      await value(db.client, `select count(*)::integer from rollup.sealed_change where rollup = 'apart'`),
    ).toBe(0);
    await query('truncate raw.apart_d3');
    expect(
      await value(db.client, `select count(*)::integer from rollup.dirty_range where rollup = 'apart'`),
    ).toBe(0);
  });

  it('a partition replaced by others with its rows is aggregated from them', async () => {
    const compiled = await prepare('split');
    await query(`begin; alter table raw.split detach partition raw.split_d3;
      create table raw.split_a partition of raw.split for values from ('${day(-3)}') to ('${day(-2.5)}');
      create table raw.split_b partition of raw.split for values from ('${day(-2.5)}') to ('${day(-2)}');
      insert into raw.split select * from raw.split_d3; drop table raw.split_d3; commit`);
    await expectExact(db.client, compiled);
    await refresh(db.client, 'split');
    expect(await value(db.client, `select sum(row_count)::integer from gold.split_1m`)).toBe(100);
    await query(`delete from raw.split where v = 7`);
    await refresh(db.client, 'split');
    expect(await value(db.client, `select sum(row_count)::integer from gold.split_1m`)).toBe(98);
    await expectExact(db.client, compiled);
  });

  it('history stays when a time partition with partitions of its own is dropped', async () => {
    await query(
      `create table raw.nested (ts timestamptz not null, k text, v float8) partition by range (ts)`,
    );
    for (const [name, from] of [
      ['n3', -3],
      ['n2', -2],
      ['n1', -1],
      ['n0', 0],
    ] as const) {
      await query(`create table raw.nested_${name} partition of raw.nested for values from ('${day(from)}') to ('${day(from + 1)}') partition by list (k);
        create table raw.nested_${name}_a partition of raw.nested_${name} for values in ('a');
        create table raw.nested_${name}_b partition of raw.nested_${name} default`);
    }
    await rows('nested', -3, 50, 'a');
    await rows('nested', -2, 50, 'b');
    const compiled = await installRollup(db.client, rollup('nested'));
    await refresh(db.client, 'nested');
    await rows('nested_n2_b', -2, 5, 'x');
    await refresh(db.client, 'nested');
    await expectExact(db.client, compiled);
    await query('drop table raw.nested_n3');
    await refresh(db.client, 'nested');
    expect(
      await value(
        db.client,
        `select sum(row_count)::integer from gold.nested_1m where bucket < '${day(-2)}'`,
      ),
    ).toBe(50);
    expect(
      await value(
        db.client,
        `select sum(row_count)::integer from gold.nested_1m where bucket >= '${day(-2)}'`,
      ),
    ).toBe(55);
    await expectExact(db.client, compiled);
  });

  it('a coarse bucket that is open while a partition of it goes still shows what arrives', async () => {
    await createSource(db.client, 'open_bucket', [
      ['d1', -1, 0],
      ['d0', 0, 2],
    ]);
    await rows('open_bucket', -1, 20);
    const compiled = await installRollup(
      db.client,
      rollup('open_bucket', { tiers: [tier('1 minute', '1m'), tier('1 year', '1y')] }),
    );
    await refresh(db.client, 'open_bucket');
    await expectExact(db.client, compiled);
    await query('drop table raw.open_bucket_d1');
    await refresh(db.client, 'open_bucket');
    await query(
      // In the partition that is left, also just after midnight.
      `insert into raw.open_bucket values (now(), 'new', 1), (greatest(now() - interval '3 minutes', '${day(0)}'), 'new', 1)`,
    );
    const total = () =>
      value<number>(db.client, 'select coalesce(sum(row_count), 0)::integer from gold.open_bucket_1y');
    expect(await value(db.client, `select sum(row_count)::integer from gold.open_bucket_1m`)).toBe(22);
    expect(await total()).toBe(22);
    await refresh(db.client, 'open_bucket');
    expect(await total()).toBe(22);
  });
});
