import { describe, expect, it } from 'vitest';
import { applyRollup } from '../../../infra/db/rollup/apply';
import { removeRollup } from '../../../infra/db/rollup/remove';
import { refresh, rollup, tier, useDatabase, value } from '../../helpers/fixture';

const OPTIONS = { schedule: false };

describe('history whose source rows are gone', () => {
  const db = useDatabase();
  const query = (sql: string) => db.client.query(sql);
  const definition = (name: string) => rollup(name, { tiers: [tier('1 hour', '1h'), tier('1 day', '1d')] });
  const history = (name: string) =>
    value(db.client, `select sum(v_sum) from gold.${name}_1d where bucket < '2024-02-01Z'`);

  /** A default partition with a row of its own beside one partition that is dropped, and so sealed. */
  async function prepare(name: string): Promise<void> {
    await query(
      `create table raw.${name} (ts timestamptz not null, k text, v double precision) partition by range (ts);
       create table raw.${name}_p1 partition of raw.${name} for values from ('2024-01-01Z') to ('2024-02-01Z');
       create table raw.${name}_d partition of raw.${name} default`,
    );
    await applyRollup(db.client, definition(name), OPTIONS);
    await query(`insert into raw.${name} values ('2024-01-05Z', 'a', 1), ('2090-01-01Z', 'f', 9)`);
    await refresh(db.client, name);
    await query(`drop table raw.${name}_p1`);
    await refresh(db.client, name);
    // An addition to what is sealed; it stands in the default partition.
    await query(`insert into raw.${name} values ('2024-01-05Z', 'a', 10)`);
    await refresh(db.client, name);
    expect(await history(name)).toBe(11);
  }

  it.each([
    [
      'a rollup that was retired and came back',
      async (name: string) => removeRollup(db.client, name, 'retain'),
    ],
    ['a trigger that was dropped', (name: string) => query(`drop trigger rollup_u_${name} on raw.${name}`)],
    [
      'a trigger that was disabled',
      (name: string) => query(`alter table raw.${name} disable trigger rollup_d_${name}`),
    ],
    ['a log that was dropped', (name: string) => query(`drop table rollup.late_${name} cascade`)],
    [
      'a stored statement that was changed',
      (name: string) =>
        query(
          `update rollup.timeseries_tier set statements = statements || '{"clear": "select 1"}' where rollup = '${name}'`,
        ),
    ],
    [
      'lost rows of the catalogue',
      (name: string) => query(`delete from rollup.generation where rollup = '${name}'`),
    ],
    [
      'forgotten partitions',
      (name: string) => query(`delete from rollup.source_leaf where rollup = '${name}'`),
    ],
  ])('stays through %s', async (what, damage) => {
    const name = what.replace(/\W/g, '_').slice(0, 30);
    await prepare(name);
    await damage(name);
    await applyRollup(db.client, definition(name), OPTIONS);
    await refresh(db.client, name);
    expect(await history(name)).toBe(11);
    // And goes on: a change of what is there, and one more addition.
    await query(
      `insert into raw.${name} values ('2024-01-05Z', 'a', 100); delete from raw.${name} where k = 'f'`,
    );
    await refresh(db.client, name);
    expect(await history(name)).toBe(111);
    expect(await value(db.client, `select count(*)::integer from gold.${name}_1d`)).toBe(1);
  });

  it('stays when a list partition comes with rows', async () => {
    await query(
      `create table raw.regions (ts timestamptz not null, k text, v double precision) partition by list (k);
       create table raw.regions_eu partition of raw.regions for values in ('eu') partition by range (ts);
       create table raw.regions_eu1 partition of raw.regions_eu for values from ('2024-01-01Z') to ('2024-02-01Z')`,
    );
    await applyRollup(db.client, definition('regions'), OPTIONS);
    await query(`insert into raw.regions values ('2024-01-05Z', 'eu', 1)`);
    await refresh(db.client, 'regions');
    await query('drop table raw.regions_eu1');
    await refresh(db.client, 'regions');
    await query(
      `create table raw.regions_us partition of raw.regions for values in ('us');
       insert into raw.regions values ('2024-02-07Z', 'us', 5)`,
    );
    await refresh(db.client, 'regions');
    expect(await history('regions')).toBe(1);
    expect(await value(db.client, `select sum(v_sum) from gold.regions_1d`)).toBe(6);
  });

  it('is replaced by the rows of a partition that came back for its range', async () => {
    await prepare('back');
    await query(
      `create table raw.back_again (like raw.back); insert into raw.back_again values ('2024-01-07Z', 'b', 3);
       begin; alter table raw.back detach partition raw.back_d; delete from raw.back_d where ts < '2024-02-01Z';
       alter table raw.back attach partition raw.back_again for values from ('2024-01-01Z') to ('2024-02-01Z');
       alter table raw.back attach partition raw.back_d default; commit`,
    );
    await refresh(db.client, 'back');
    expect(await history('back')).toBe(3);
  });
});
