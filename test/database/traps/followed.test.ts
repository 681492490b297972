import { describe, expect, it } from 'vitest';
import { applyRollup } from '../../../infra/db/rollup/apply';
import { observeRollup } from '../../../infra/db/rollup/observe';
import { createSource, day, refresh, rollup, useDatabase, value } from '../../helpers/fixture';

const OPTIONS = { schedule: false };

/** Rows in one query and not in the other, both ways. */
const difference = (a: string, b: string) =>
  `select count(*)::integer from ((${a} except all ${b}) union all (${b} except all ${a})) x`;

describe('what the names of a source mean', () => {
  const db = useDatabase();
  const query = (sql: string) => db.client.query(sql);
  const gold = (name: string) => `select bucket, k, v_count, v_sum from gold.${name}_1m`;
  const wanted = (name: string, k = 'k', v = 'v') =>
    `select date_bin('1 minute', ts, '2000-01-03Z'), ${k}, count(${v}), sum(${v}) from raw.${name} group by 1, 2`;

  async function prepare(name: string) {
    await query(
      `create table raw.${name} (ts timestamptz not null, k text, v integer, w integer);
       insert into raw.${name} select '${day(-1)}'::timestamptz + g * interval '1 second', 'k' || g % 3, g, g * 1000
         from generate_series(1, 300) g`,
    );
    const definition = rollup(name);
    await applyRollup(db.client, definition, OPTIONS);
    await refresh(db.client, name);
    expect(await value(db.client, difference(gold(name), wanted(name)))).toBe(0);
    return definition;
  }
  const exact = async (name: string, k?: string, v?: string) =>
    expect(await value(db.client, difference(gold(name), wanted(name, k, v)))).toBe(0);

  const swap = (name: string) =>
    query(
      `begin; alter table raw.${name} rename column v to v_old; alter table raw.${name} rename column w to v; commit`,
    );

  it('two columns that swapped names: at once, after a late row, after a deployment', async () => {
    const definition = await prepare('swapped');
    await swap('swapped');
    await exact('swapped');
    await query(`insert into raw.swapped (ts, k, v) values ('${day(-1)}', 'k1', 7)`);
    await expect(refresh(db.client, 'swapped')).rejects.toThrow(
      /the column v of .* is another one than when/,
    );
    await exact('swapped');
    const observed = await observeRollup(db.client, 'swapped');
    expect(observed?.owned.objects).toMatch(/the column v of "raw"."swapped" is another one/);
    await applyRollup(db.client, definition, OPTIONS);
    await exact('swapped');
    await refresh(db.client, 'swapped');
    await exact('swapped');
    expect((await observeRollup(db.client, 'swapped'))?.owned.objects).toBe('intact');
  });

  it('whoever may not read gold learns nothing from what reads by name', async () => {
    await prepare('private');
    await swap('private');
    await db.admin.query('create role stranger login; grant usage on schema rollup, gold, raw to stranger');
    try {
      const read = `select * from rollup.rows_by_name('private', 1, '{(,)}') as n(bucket timestamptz, k text)`;
      await expect(
        db.admin.query(`begin; set local role stranger; ${read}`).finally(() => db.admin.query('rollback')),
      ).rejects.toThrow(/permission denied for view/);
      await db.admin.query('grant select on gold.private_1m to stranger');
      const rows = await db.admin
        .query(`begin; set local role stranger; ${gold('private')}; rollback`)
        .then((results) => (results as unknown as { rows: unknown[] }[])[2]?.rows.length);
      expect(rows).toBe(16);
    } finally {
      await db.admin.query('drop owned by stranger; drop role stranger');
    }
  });

  it('a snapshot older than the swap and the deployment after it', async () => {
    const definition = await prepare('older');
    const reader = db.admin;
    await reader.query('begin isolation level repeatable read; select 1 from pg_class limit 1');
    await swap('older');
    await applyRollup(db.client, definition, OPTIONS);
    await refresh(db.client, 'older');
    expect(await value(reader, difference(gold('older'), wanted('older')))).toBe(0);
    await reader.query('commit');
  });

  it('a column that has the name and another type is refused, and never cast', async () => {
    await prepare('typed');
    await query(`alter table raw.typed add column x numeric default 1.5`);
    await query(
      `begin; alter table raw.typed rename column v to v_old; alter table raw.typed rename column x to v; commit`,
    );
    await expect(query(gold('typed'))).rejects.toThrow(
      /column v of raw.typed now has the type numeric instead of integer/,
    );
  });

  it('tables that swapped names', async () => {
    const definition = await prepare('tables');
    await query(
      `create table raw.tables_new (like raw.tables including all);
       insert into raw.tables_new (ts, k, v) select ts, k, v * 10 from raw.tables;
       begin; alter table raw.tables rename to tables_old; alter table raw.tables_new rename to tables; commit`,
    );
    await exact('tables');
    await applyRollup(db.client, definition, OPTIONS);
    await exact('tables');
    await refresh(db.client, 'tables');
    await exact('tables');
  });

  it('a dimension that was renamed is followed, and refreshes stop with its new name', async () => {
    await prepare('renamed');
    await query('alter table raw.renamed rename column k to series');
    await exact('renamed', 'series');
    for (const write of [
      `insert into raw.renamed (ts, series, v) values ('${day(-1)}', 'k1', 7)`,
      `insert into raw.renamed (ts, series, v) values (clock_timestamp(), 'k1', 7)`,
      'update raw.renamed set v = v + 1 where v < 5',
      `update raw.renamed set series = 'k9' where v = 20`,
      'delete from raw.renamed where v = 50',
    ])
      await query(write);
    await exact('renamed', 'series');
    await expect(refresh(db.client, 'renamed')).rejects.toThrow(
      /the source no longer has the column k, which is now called series/,
    );
    await query('alter table raw.renamed rename column series to k');
    await refresh(db.client, 'renamed');
    await exact('renamed');
  });

  it.each(['statements', 'rows'] as const)(
    'with capture: %s, a time column that was renamed stops no writer',
    async (capture) => {
      const name = `time_${capture}`;
      await createSource(db.client, name, [
        ['d1', -1, 0],
        ['d0', 0, 1],
      ]);
      await applyRollup(db.client, rollup(name, { source: { capture } }), OPTIONS);
      await query(
        `alter table raw.${name} rename column ts to happened;
         insert into raw.${name} values ('${day(-0.5)}', 'a', 1);
         update raw.${name} set happened = happened + interval '1 day', k = 'b';
         delete from raw.${name} where k = 'c'`,
      );
      expect(await value(db.client, `select string_agg(k || row_count, ' ') from gold.${name}_1m`)).toBe(
        'b1',
      );
    },
  );

  it.each([
    ['double precision', 'v + 0.25'],
    ['numeric(12,3)', 'v + 0.4'],
    ['bigint', '9223372036854775'],
  ])('a measure that became %s: state and gold follow with the next deployment', async (type, changed) => {
    const name = `retyped_${type.replace(/\W.*/, '')}`;
    const definition = await prepare(name);
    await query(
      `drop view gold.${name}_1s, gold.${name}_1m; alter table raw.${name} alter column v type ${type};
       update raw.${name} set v = ${changed}`,
    );
    await applyRollup(db.client, definition, OPTIONS);
    await exact(name);
    await refresh(db.client, name);
    await exact(name);
    expect((await observeRollup(db.client, name))?.owned.objects).toBe('intact');
  });
});

describe('changes that pass no trigger', () => {
  const db = useDatabase();
  const query = (sql: string) => db.client.query(sql);
  const total = (name: string) => value(db.client, `select sum(row_count)::integer from gold.${name}_1m`);
  const counted = (name: string) => value(db.client, `select count(*)::integer from raw.${name}`);
  const same = async (name: string) => expect(await total(name)).toBe(await counted(name));
  const late = (name: string) => `insert into raw.${name} values ('${day(-1)}', 'z', 1)`;

  it.each(['statements', 'rows'] as const)(
    'with capture: %s, a trigger that was switched off and on: gold is exact at once, and the next refresh captures again',
    async (capture) => {
      const name = `off_${capture}`;
      await createSource(db.client, name);
      await query(late(name));
      await applyRollup(db.client, rollup(name, { source: { capture } }), OPTIONS);
      await refresh(db.client, name);
      await query(`alter table raw.${name} disable trigger user`);
      await query(late(name));
      await same(name);
      await query(`alter table raw.${name} enable trigger user`);
      await query(late(name));
      await same(name);
      await refresh(db.client, name);
      await same(name);
      await query(late(name));
      await refresh(db.client, name);
      await same(name);
      expect((await observeRollup(db.client, name))?.owned.objects).toBe('intact');
      expect(
        await value(
          db.client,
          `select count(*)::integer from rollup.timeseries_error_log where rollup = '${name}'`,
        ),
      ).toBe(1);
    },
  );

  it('under session_replication_role = replica all triggers fire', async () => {
    await createSource(db.client, 'replica');
    await applyRollup(db.client, rollup('replica'), OPTIONS);
    await query(late('replica'));
    await refresh(db.client, 'replica');
    await db.admin.query(`begin; set local session_replication_role = replica; ${late('replica')}; commit`);
    await same('replica');
    await refresh(db.client, 'replica');
    await same('replica');
  });

  it.each([
    ['a condition', 'execute function rollup.capture_NAME()', 'when (false)'],
    ['another function', 'execute function raw.nothing()', ''],
  ])('a trigger that was replaced by one with %s', async (what, calls, when) => {
    const name = what.replace(/\W/g, '_');
    await query(
      `create or replace function raw.nothing() returns trigger language plpgsql as 'begin return null; end'`,
    );
    await createSource(db.client, name);
    await query(late(name));
    await applyRollup(db.client, rollup(name), OPTIONS);
    await refresh(db.client, name);
    await query(
      `create or replace trigger rollup_i_${name} after insert on raw.${name} referencing new table as new_rows
         for each statement ${when} ${calls.replace('NAME', name)}`,
    );
    await query(late(name));
    await same(name);
    expect((await observeRollup(db.client, name))?.owned.objects).toMatch(/was replaced by hand/);
    await refresh(db.client, name);
    await same(name);
    expect((await observeRollup(db.client, name))?.owned.objects).toBe('intact');
  });

  it('a trigger that was renamed does not log a second time', async () => {
    await createSource(db.client, 'twice');
    await applyRollup(db.client, rollup('twice'), OPTIONS);
    await query(`alter trigger rollup_i_twice on raw.twice rename to mine`);
    await applyRollup(db.client, rollup('twice'), OPTIONS);
    expect(
      await value(
        db.client,
        `select count(*)::integer from pg_trigger where tgrelid = 'raw.twice'::regclass and tgname = 'mine'`,
      ),
    ).toBe(0);
  });

  it('a partition is taken out, emptied, loaded and put back in one transaction', async () => {
    await createSource(db.client, 'reloaded', [
      ['d1', -1, 0],
      ['d0', 0, 1],
    ]);
    await query(
      `insert into raw.reloaded select '${day(-1)}'::timestamptz + g * interval '1 hour', 'a', g from generate_series(0, 9) g`,
    );
    await applyRollup(db.client, rollup('reloaded'), OPTIONS);
    await refresh(db.client, 'reloaded');
    await query(
      `begin; alter table raw.reloaded detach partition raw.reloaded_d1; truncate raw.reloaded_d1;
       insert into raw.reloaded_d1 values ('${day(-1)}'::timestamptz + interval '30 minutes', 'b', 5);
       alter table raw.reloaded attach partition raw.reloaded_d1 for values from ('${day(-1)}') to ('${day(0)}'); commit`,
    );
    await same('reloaded');
    await refresh(db.client, 'reloaded');
    await same('reloaded');
  });

  it('an inheritance child that came later: gold reads the source until it is gone', async () => {
    await createSource(db.client, 'parent');
    await query(late('parent'));
    await applyRollup(db.client, rollup('parent'), OPTIONS);
    await refresh(db.client, 'parent');
    await query(
      `create table raw.child () inherits (raw.parent); insert into raw.child values ('${day(-1)}', 'c', 1)`,
    );
    await same('parent');
    await refresh(db.client, 'parent');
    await same('parent');
    await query('alter table raw.child no inherit raw.parent');
    await refresh(db.client, 'parent');
    await same('parent');
  });

  it('a row deleted from the engine’s tables: gold reads the source', async () => {
    await createSource(db.client, 'rowless');
    await query(late('rowless'));
    await applyRollup(db.client, rollup('rowless'), OPTIONS);
    await refresh(db.client, 'rowless');
    await query(`delete from rollup.timeseries_tier where rollup = 'rowless' and ordinal = 1`);
    await same('rowless');
  });
});
