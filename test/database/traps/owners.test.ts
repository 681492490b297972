/** Nothing that is not ours is replaced or dropped, and what others have built on ours stays. */
import { describe, expect, it } from 'vitest';
import { applyRollup } from '../../../infra/db/rollup/apply';
import { observeRollup } from '../../../infra/db/rollup/observe';
import { removeRollup } from '../../../infra/db/rollup/remove';
import type { RollupDefinition } from '../../../infra/model/definition';
import { compiledFor } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, day, refresh, rollup, useDatabase, value } from '../../helpers/fixture';

const db = useDatabase();
const apply = async (definition: RollupDefinition, more: object = {}) => {
  await db.client.query(`set search_path = pg_catalog, pg_temp; set lock_timeout = '3s'`);
  return applyRollup(db.client, definition, { schedule: false, ...more });
};
const source = async (name: string) => {
  await createSource(db.client, name);
  await db.client.query(`insert into raw.${name} values ('${day(-3)}', 'a', 1), ('${day(-2)}', 'b', 2)`);
};
const columns = (view: string) =>
  value<string>(
    db.client,
    `select string_agg(attname, ' ' order by attnum) from pg_attribute where attrelid = $1::regclass and attnum > 0`,
    [view],
  );

describe('a name that somebody else has taken', () => {
  it.each([
    ['gold', '1m', 'view', 'create view gold.taken_1m as select 1 as mine', 'a view'],
    ['gold', '1s', 'table', 'create table gold.taken_1s (mine integer)', 'a table'],
    ['silver', '1s', 'table', 'create table silver.taken_1s (mine integer)', 'a table'],
    [
      'silver',
      '1m',
      'materialized view',
      'create materialized view silver.taken_1m as select 1 as mine',
      'a materialized view',
    ],
  ])('%s.taken_%s, a %s, is left alone, and told', async (schema, suffix, kind, create, words) => {
    await db.client.query('drop table if exists raw.taken');
    await source('taken');
    await db.client.query(create);
    const name = `${schema}.taken_${suffix}`;
    await expect(apply(rollup('taken'))).rejects.toThrow(
      `Rollup "taken": ${name} is ${words} that Tidemark did not make, so it is not replaced. Nothing was changed.`,
    );
    expect(await columns(name)).toBe('mine');
    expect(await observeRollup(db.client, 'taken')).toBeNull();
    await db.client.query(`drop ${kind} ${name}`);
    await apply(rollup('taken'));
    await removeRollup(db.client, 'taken', 'drop');
  });

  it('and that Tidemark had before is told as well', async () => {
    await source('swapped');
    await apply(rollup('swapped'));
    await db.client.query('drop view gold.swapped_1m; create table gold.swapped_1m (mine integer)');
    await expect(apply(rollup('swapped'))).rejects.toThrow(
      'gold.swapped_1m is a table that Tidemark did not make',
    );
    expect(await columns('gold.swapped_1m')).toBe('mine');
    await db.client.query('drop table gold.swapped_1m');
    await apply(rollup('swapped'));
  });

  it('of a trigger on the source, is left alone, and told', async () => {
    await source('fired');
    await db.client.query(`create function raw.theirs() returns trigger language plpgsql as 'begin return null; end';
      create trigger rollup_i_fired after insert on raw.fired for each statement execute function raw.theirs()`);
    const called = () =>
      value(
        db.client,
        `select tgfoid::regproc::text from pg_trigger where tgrelid = 'raw.fired'::regclass and tgname = 'rollup_i_fired'`,
      );
    await expect(apply(rollup('fired'))).rejects.toThrow(
      'Rollup "fired": raw.fired has a trigger rollup_i_fired that Tidemark did not make, so it is not replaced. Nothing was changed.',
    );
    expect(await called()).toBe('raw.theirs');
    await db.client.query('alter trigger rollup_i_fired on raw.fired rename to theirs');
    await apply(rollup('fired'));
    await removeRollup(db.client, 'fired', 'drop');
    expect(
      await value(
        db.client,
        `select string_agg(tgname, ' ') from pg_trigger where tgrelid = 'raw.fired'::regclass`,
      ),
    ).toBe('theirs');
  });

  it('is not that of a rollup whose configuration somebody deleted', async () => {
    await source('lost');
    await apply(rollup('lost'));
    await refresh(db.client, 'lost');
    await db.client.query(`delete from rollup.timeseries_rollup_config where name = 'lost'`);
    await apply(rollup('lost'));
    await refresh(db.client, 'lost');
    await expectExact(db.client, await compiledFor(db.client, rollup('lost')));
  });
});

describe('measures in another order', () => {
  const first = rollup('turn');
  const turned = { ...first, measures: [...first.measures].reverse() };

  it('change nothing: columns, grants and views of others stay', async () => {
    await source('turn');
    await apply(first);
    await refresh(db.client, 'turn');
    const before = await columns('gold.turn_1m');
    const role = `reader_${db.database.name}`;
    await db.admin.query(`create role ${role}`);
    await db.client.query(`grant select on gold.turn_1m to ${role};
      create view raw.report as select bucket, v_sum from gold.turn_1m`);
    await apply(turned);
    expect(await columns('gold.turn_1m')).toBe(before);
    await refresh(db.client, 'turn');
    await expectExact(db.client, await compiledFor(db.client, first));
    await apply(first);
    expect(await value(db.client, `select has_table_privilege('${role}', 'gold.turn_1m', 'select')`)).toBe(
      true,
    );
    expect(await value(db.client, 'select count(*)::integer from raw.report')).toBe(2);
    await db.client.query('drop view raw.report');
    await db.admin.query(`drop owned by ${role}; drop role ${role}`);
  });

  it('keep the order that is there when a retired rollup comes back', async () => {
    const before = await columns('gold.turn_1m');
    await removeRollup(db.client, 'turn', 'retain');
    await apply(turned);
    expect(await columns('gold.turn_1m')).toBe(before);
  });
});

describe('a view that has to be made anew', () => {
  it('keeps its grants, and the views upon it', async () => {
    await source('anew');
    await apply(rollup('anew'));
    await refresh(db.client, 'anew');
    const role = `anew_${db.database.name}`;
    await db.admin.query(`create role ${role}`);
    // Columns that a replacement cannot change to the right ones.
    await db.client.query(`drop view gold.anew_1m;
      create view gold.anew_1m as select now() as bucket, 'x'::text as k, 1::integer as v_sum;
      grant select on gold.anew_1m to ${role} with grant option; grant update (k) on gold.anew_1m to ${role};
      create view raw.lower with (security_barrier) as select bucket, k, v_sum from gold.anew_1m;
      comment on view raw.lower is 'theirs';
      grant select on raw.lower to ${role};
      create view raw.upper as select k from raw.lower`);
    await apply(rollup('anew'));
    const can = (what: string, right: string) =>
      value<boolean>(db.client, `select has_table_privilege('${role}', '${what}', '${right}')`);
    expect(await can('gold.anew_1m', 'select with grant option')).toBe(true);
    expect(
      await value(db.client, `select has_column_privilege('${role}', 'gold.anew_1m', 'k', 'update')`),
    ).toBe(true);
    expect(await can('raw.lower', 'select')).toBe(true);
    expect(await can('raw.upper', 'select')).toBe(false);
    expect(await value(db.client, `select obj_description('raw.lower'::regclass)`)).toBe('theirs');
    expect(
      await value(db.client, `select reloptions::text from pg_class where oid = 'raw.lower'::regclass`),
    ).toBe('{security_barrier=true}');
    const { rows } = await db.client.query('select k from raw.upper order by 1');
    expect(rows).toEqual([{ k: 'a' }, { k: 'b' }]);
    await expectExact(db.client, await compiledFor(db.client, rollup('anew')));
    await db.client.query('drop view raw.lower cascade');
    await db.admin.query(`drop owned by ${role}; drop role ${role}`);
  });

  it('is not where what is built upon it could not be made again: told, and nothing changed', async () => {
    await source('built');
    await apply(rollup('built'));
    await db.client.query(`drop view gold.built_1m; create view gold.built_1m as select 1 as other;
      create materialized view raw.kept as select other from gold.built_1m`);
    await expect(apply(rollup('built'))).rejects.toThrow(
      'gold.built_1m has to be made anew, and raw.kept depends on it',
    );
    expect(await columns('raw.kept')).toBe('other');
    await db.client.query('drop materialized view raw.kept');
    await apply(rollup('built'));
  });
});

describe('a rollup that another stack has deployed', () => {
  const owner = (stack: string) => ({ project: 'p', stack, resource: 'owned' });
  const as = (stack: string, adopt = false) => ({ ownership: { owner: owner(stack), adopt } });
  const recorded = async () => (await observeRollup(db.client, 'owned'))?.owner;

  it('is refused, unless it is adopted; then the first one has lost it', async () => {
    await source('owned');
    await apply(rollup('owned'), as('one'));
    expect(await recorded()).toEqual(owner('one'));
    await apply(rollup('owned'), as('one'));
    await expect(apply(rollup('owned'), as('two'))).rejects.toThrow(
      'Rollup "owned" was deployed to this database by another stack or resource (p/one, resource owned). Nothing was changed.',
    );
    expect(await recorded()).toEqual(owner('one'));
    await apply(rollup('owned'), as('two', true));
    expect(await recorded()).toEqual(owner('two'));
    await expect(apply(rollup('owned'), as('one'))).rejects.toThrow('(p/two, resource owned)');
  });

  it('follows the resource that is renamed', async () => {
    const renamed = { owner: owner('three'), before: owner('two'), adopt: false };
    await apply(rollup('owned'), { ownership: renamed });
    expect(await recorded()).toEqual(owner('three'));
  });

  it('is not removed by the one that has lost it', async () => {
    expect(await removeRollup(db.client, 'owned', 'drop', owner('one'))).toEqual(owner('three'));
    expect((await observeRollup(db.client, 'owned'))?.owned.configuration.enabled).toBe(true);
    expect(await removeRollup(db.client, 'owned', 'retain', owner('three'))).toBeNull();
    expect((await observeRollup(db.client, 'owned'))?.owned.configuration.enabled).toBe(false);
  });

  it('is free when it is retired', async () => {
    expect(await recorded()).toBeNull();
    await apply(rollup('owned'), as('one'));
    expect(await recorded()).toEqual(owner('one'));
  });
});
