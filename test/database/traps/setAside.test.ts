import { describe, expect, it } from 'vitest';
import { installRollup, openClient } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import {
  createSource,
  day,
  dirtyKeys,
  refresh,
  rollup,
  tier,
  useDatabase,
  value,
} from '../../helpers/fixture';

describe('a key whose values make aggregating it fail', () => {
  const db = useDatabase();
  const query = (sql: string) => db.client.query(sql);
  const aside = (name: string) =>
    value<number>(db.client, `select count(*)::integer from rollup.set_aside where rollup = $1`, [name]);
  const rowsOf = (name: string, k: string) =>
    value<number>(db.client, `select count(*)::integer from silver.${name} where k = '${k}'`);
  const reason = (name: string) =>
    value<string>(
      db.client,
      `select concat_ws(' ', status, reason) from rollup.timeseries_operations_monitor where name = $1`,
      [name],
    );
  const due = (name: string) =>
    query(`update rollup.set_aside set retry_at = now() - interval '1 second' where rollup = '${name}'`);
  const tiers = [tier('1 minute', '1m'), tier('1 day', '1d')];
  const measures = [{ column: 'v', aggregates: ['count', 'sum', 'first'] as const }];
  const glitch = (name: string) =>
    query(
      `insert into raw.${name} values ('${day(-2)}'::timestamptz + interval '1 hour', 'bad', 1e308),
        ('${day(-2)}'::timestamptz + interval '2 hours', 'bad', 1e308)`,
    );

  async function prepare(name: string) {
    await createSource(db.client, name);
    await query(
      `insert into raw.${name} select '${day(-2)}'::timestamptz + g * interval '30 seconds', 'k' || g % 3, g from generate_series(1, 2000) g`,
    );
    return installRollup(db.client, rollup(name, { tiers, measures }));
  }

  it('is read from the source; other keys and tiers go on, and a change of its rows brings it back', async () => {
    const compiled = await prepare('overflown');
    await refresh(db.client, 'overflown');
    await glitch('overflown');
    await refresh(db.client, 'overflown');
    await query(`insert into raw.overflown values ('${day(-2)}', 'k1', 5), ('${day(-2)}', 'new', 5)`);
    await refresh(db.client, 'overflown');
    expect(await dirtyKeys(db.client, 'overflown')).toBe(2);
    expect(await aside('overflown')).toBe(2);
    expect(await rowsOf('overflown_1d', 'new')).toBe(1);
    expect(await rowsOf('overflown_1m', 'bad')).toBe(2);
    expect(await reason('overflown')).toBe(
      'WARNING 2 keys are set aside and read from the source, since aggregating them fails: value out of range: overflow; see rollup.set_aside',
    );
    // As the GROUP BY: it fails where its sum is asked for, and nowhere else.
    await expect(query('select * from gold.overflown_1d')).rejects.toThrow(/out of range: overflow/);
    expect(await value(db.client, `select count(*)::integer from gold.overflown_1d where k <> 'bad'`)).toBe(
      4,
    );
    expect(await value(db.client, `select max(v_sum) from gold.overflown_1m`)).toBe(1e308);
    // It changes in one of its two minutes; the other one is tried again when it is due.
    await query(
      `update raw.overflown set v = 1 where k = 'bad' and ts = '${day(-2)}'::timestamptz + interval '1 hour'`,
    );
    await expectExact(db.client, compiled);
    await refresh(db.client, 'overflown');
    expect(await aside('overflown')).toBe(1);
    await expectExact(db.client, compiled);
    await due('overflown');
    await refresh(db.client, 'overflown');
    expect(await aside('overflown')).toBe(0);
    expect(await dirtyKeys(db.client, 'overflown')).toBe(0);
    expect(await rowsOf('overflown_1d', 'bad')).toBe(1);
    expect(await reason('overflown')).toBe('OK');
    await expectExact(db.client, compiled);
  });

  it('does not keep a backfill from the rest, and is tried again where it fails still', async () => {
    const compiled = await prepare('filled');
    await glitch('filled');
    await refresh(db.client, 'filled');
    expect(await rowsOf('filled_1d', 'k1')).toBe(1);
    expect(await aside('filled')).toBe(1);
    await due('filled');
    await refresh(db.client, 'filled');
    expect(await aside('filled')).toBe(1);
    expect(await dirtyKeys(db.client, 'filled')).toBe(1);
    await query(`delete from raw.filled where k = 'bad'`);
    await expectExact(db.client, compiled);
    await due('filled');
    await refresh(db.client, 'filled');
    expect(await aside('filled')).toBe(0);
    expect(await dirtyKeys(db.client, 'filled')).toBe(0);
    await expectExact(db.client, compiled);
  });

  it.each(['before', 'after'])(
    'may be longer than an index can hold (written %s the first refresh)',
    async (when) => {
      const name = `long_${when}`;
      const compiled = await prepare(name);
      await query(`drop index raw.${name}_k_ts_idx`);
      if (when === 'after') await refresh(db.client, name);
      const long = (offset: number) =>
        query(
          `insert into raw.${name} select '${day(offset)}', string_agg(md5(g::text), ''), 1 from generate_series(1, 190) g`,
        );
      await long(-1);
      await expectExact(db.client, compiled);
      await refresh(db.client, name);
      // A bucket of a coarser tier that became whole without it.
      await long(-3);
      await refresh(db.client, name);
      await query(`insert into raw.${name} values ('${day(-1)}', 'other', 1)`);
      await refresh(db.client, name);
      await expectExact(db.client, compiled);
      expect(await rowsOf(`${name}_1m`, 'other')).toBe(1);
      expect(await rowsOf(`${name}_1d`, 'other')).toBe(1);
      expect(
        await value(db.client, `select count(*)::integer from gold.${name}_1d where length(k) > 6000`),
      ).toBe(2);
      await query(`delete from raw.${name} where length(k) > 6000`);
      await expectExact(db.client, compiled);
      await refresh(db.client, name);
      expect(await dirtyKeys(db.client, name)).toBe(0);
      expect(await aside(name)).toBe(0);
    },
  );

  it('may need a wider row than a page has', async () => {
    const columns = Array.from({ length: 600 }, (_, index) => `c${index}`);
    await query(
      `create table raw.broad (ts timestamptz not null, k text, ${columns.map((c) => `${c} integer`).join(', ')});
       insert into raw.broad (ts, k) select '${day(-1)}'::timestamptz + g * interval '1 hour', 'narrow' from generate_series(1, 9) g;
       insert into raw.broad values ('${day(-1)}', 'wide', ${columns.map(() => '1').join(', ')})`,
    );
    const compiled = await installRollup(
      db.client,
      rollup('broad', {
        tiers: tiers.slice(0, 1),
        measures: columns.map((column) => ({ column, aggregates: ['avg'] })),
      }),
    );
    await refresh(db.client, 'broad');
    expect(await reason('broad')).toMatch(/row is too big/);
    expect(await rowsOf('broad_1m', 'narrow')).toBe(9);
    await expectExact(db.client, compiled);
  });

  it('is none where a lock or a constraint is the reason: then the refresh fails and is repeated', async () => {
    const compiled = await prepare('locked');
    await refresh(db.client, 'locked');
    await query(`insert into raw.locked values ('${day(-1)}', 'late', 1)`);
    const other = await openClient(db.database.url);
    await other.query('begin; lock table silver.locked_1d in access exclusive mode');
    await query(`set lock_timeout = '50ms'`);
    await expect(query(`call rollup.perform_rollup('locked', true)`)).rejects.toThrow(/lock timeout/);
    await query('reset lock_timeout');
    await other.query('rollback');
    await other.end();
    expect(await aside('locked')).toBe(0);
    await refresh(db.client, 'locked');
    expect(await rowsOf('locked_1d', 'late')).toBe(1);
    await expectExact(db.client, compiled);
  });
});
