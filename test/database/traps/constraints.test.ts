import { describe, expect, it } from 'vitest';
import { generation, installRollup } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import {
  createSource,
  day,
  dirtyKeys,
  type Fixture,
  refresh,
  rollup,
  useDatabase,
  value,
} from '../../helpers/fixture';

/** What a rollup by the minute shows as a whole: rows and sum of `v`. */
const whole = async (db: Fixture, name: string): Promise<unknown> =>
  (await db.client.query(`select sum(v_count)::int as n, sum(v_sum) as sum from gold.${name}_1m`)).rows[0];

describe('constraints of the source', () => {
  const db = useDatabase();

  it('whose trigger is deferred write at the commit, as another role than the one that writes then', async () => {
    const [writer, other] = [`deferred_${db.database.name}`, `later_${db.database.name}`];
    await createSource(db.client, 'deferred');
    const compiled = await installRollup(db.client, rollup('deferred'));
    await refresh(db.client, 'deferred');
    // From 18 on the trigger runs as the role that queued it, before as the one that commits: both may write.
    await db.admin.query(
      `create role ${writer}; create role ${other}; grant usage on schema raw to ${writer}, ${other};
       create table raw.orders (at timestamptz not null); grant insert on raw.orders, raw.deferred to ${writer}, ${other};
       create function raw.copy_order() returns trigger language plpgsql as $$
       begin insert into raw.deferred values (new.at, 'order', 1), (new.at + interval '1 hour', 'bill', 2); return null; end $$;
       create constraint trigger later after insert on raw.orders deferrable initially deferred for each row execute function raw.copy_order()`,
    );
    await db.admin.query(
      `begin; set local role ${writer}; insert into raw.orders values ('${day(-1)}'), ('${day(-2)}'); set local role ${other}`,
    );
    expect(await value(db.admin, 'select current_user')).toBe(other);
    await db.admin.query('commit');
    expect(await dirtyKeys(db.client, 'deferred')).toBe(4);
    await expectExact(db.client, compiled);
    await refresh(db.client, 'deferred');
    await expectExact(db.client, compiled);
    expect(await whole(db, 'deferred')).toEqual({ n: 4, sum: 6 });
    await db.admin.query(`drop owned by ${writer}, ${other}; drop role ${writer}, ${other}`);
  });

  if (generation() >= 18) newConstraints(db);
});

function newConstraints(db: Fixture): void {
  it('that are temporal keys: rows that overlap are refused or skipped, and count as what they are', async () => {
    await db.admin.query('create extension if not exists btree_gist');
    await db.client.query(
      `create table raw.temporal (ts timestamptz not null, k text, during tstzrange, v float8, primary key (k, during without overlaps));
       create table raw.parts (k text, during tstzrange, foreign key (k, period during) references raw.temporal (k, period during))`,
    );
    const compiled = await installRollup(db.client, rollup('temporal'));
    await refresh(db.client, 'temporal');
    const hour = (key: string, offset: number, v: number) =>
      `(timestamptz '${day(-1)}' + interval '${offset} hours', '${key}', tstzrange('${day(-1)}'::timestamptz + interval '${offset} hours', '${day(-1)}'::timestamptz + interval '${offset + 2} hours'), ${v})`;
    const insert = (...rows: string[]) =>
      db.client.query(`insert into raw.temporal values ${rows.join(', ')}`);
    await insert(hour('a', 0, 1), hour('a', 2, 2), hour('b', 1, 4));
    await expect(insert(hour('b', 5, 100), hour('a', 1, 100))).rejects.toThrow(/exclusion constraint/);
    await db.client.query(
      `insert into raw.temporal values ${hour('a', 3, 100)}, ${hour('c', 3, 8)} on conflict do nothing`,
    );
    await expectExact(db.client, compiled);
    await refresh(db.client, 'temporal');
    // The period of one row is cut, its time moves with it; a row that is referred to cannot go.
    await db.client.query(
      `insert into raw.parts select k, during from raw.temporal where v = 8;
       update raw.temporal set ts = ts + interval '1 hour', during = tstzrange(lower(during) + interval '1 hour', upper(during)) where v = 2`,
    );
    await expect(db.client.query('delete from raw.temporal where v >= 4')).rejects.toThrow(/foreign key/);
    await db.client.query('delete from raw.temporal where v = 4');
    await expectExact(db.client, compiled);
    await refresh(db.client, 'temporal');
    await expectExact(db.client, compiled);
    expect(await whole(db, 'temporal')).toEqual({ n: 3, sum: 11 });
    expect(
      await value(
        db.client,
        `select extract(hour from bucket - $1)::int from gold.temporal_1m where v_sum = 2`,
        [day(-1)],
      ),
    ).toBe(3);
  });

  it('that are not enforced say nothing of its rows', async () => {
    await createSource(db.client, 'unchecked');
    await db.client.query(
      `alter table raw.unchecked add constraint young check (ts > '2999-01-01' and k is null) not enforced`,
    );
    const compiled = await installRollup(db.client, rollup('unchecked'));
    await db.client.query(
      `set constraint_exclusion = on; insert into raw.unchecked values ('${day(-1)}', 'a', 1)`,
    );
    await refresh(db.client, 'unchecked');
    await db.client.query(`insert into raw.unchecked values ('${day(-1)}', 'b', 2)`);
    await expectExact(db.client, compiled);
    expect(await whole(db, 'unchecked')).toEqual({ n: 2, sum: 3 });
    await db.client.query('reset constraint_exclusion');
  });

  it('that are not null and not valid do not count as such where pg_partman makes partitions', async () => {
    await db.client.query(
      `create table raw.unproved (ts timestamptz, k text, v float8) partition by range (ts);
       create table raw.unproved_default partition of raw.unproved default;
       insert into raw.unproved values (null, 'a', 1);
       alter table raw.unproved add constraint known not null ts not valid`,
    );
    const manage = `select rollup.partman_manage('raw.unproved', 'ts', '1 day', null, null)`;
    await expect(db.client.query(manage)).rejects.toThrow(/column ts of raw.unproved may be null/);
    // What the error says to do, once the rows are gone that stand in its way.
    await db.client.query(
      'delete from raw.unproved where ts is null; alter table raw.unproved alter column ts set not null',
    );
    await db.client.query(manage);
    expect(await value(db.client, `select rollup.partman_observe('raw.unproved') ->> 'every'`)).toBe('1 day');
  });
}
