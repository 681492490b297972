/** Taking Tidemark out: everything of ours goes, and nothing else. */
import { beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../../infra/db/engine/migrate';
import { applyRollup } from '../../../infra/db/rollup/apply';
import { removeRollup } from '../../../infra/db/rollup/remove';
import { readInventory } from '../../../infra/db/uninstall/inventory';
import { uninstall } from '../../../infra/db/uninstall/uninstall';
import { compiledFor } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, day, refresh, rollup, tier, useDatabase, value } from '../../helpers/fixture';

const db = useDatabase();
const managed = rollup('managed', {
  source: {
    columns: [
      { name: 'ts', type: 'timestamptz', nullable: false },
      { name: 'k', type: 'text', nullable: true },
      { name: 'v', type: 'double precision', nullable: true },
    ],
    partition: { every: '1 month', retention: '1 year' },
  },
  tiers: [tier('1 hour', '1h', null, '90 days'), tier('1 day', '1d')],
});

const rows = async (sql: string): Promise<unknown[]> => (await db.admin.query(sql)).rows;
/** All that is not in the schema rollup: relations with their triggers and rights, routines, and pg_partman's sets. */
const everything = async () => ({
  relations: await rows(
    `select c.oid::regclass::text as name, c.relkind, c.relacl::text,
            array(select tgname::text from pg_trigger t where t.tgrelid = c.oid and not tgisinternal order by 1) as triggers
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname not in ('pg_catalog', 'pg_toast', 'information_schema', 'rollup') order by 1`,
  ),
  routines: await rows(
    `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname not in ('pg_catalog', 'information_schema', 'rollup') order by 1`,
  ),
  sets: await rows('select parent_table from partman.part_config order by 1'),
  extensions: await rows('select extname from pg_extension order by 1'),
});

async function deploy(): Promise<void> {
  await db.client.query(`set search_path = pg_catalog, pg_temp; set lock_timeout = '3s'`);
  await applyRollup(db.client, managed, { schedule: false });
  await applyRollup(db.client, rollup('plain'), { schedule: false });
  for (const name of ['managed', 'plain']) await refresh(db.client, name);
}

beforeAll(async () => {
  await createSource(db.client, 'plain', [
    ['old', -40, 0],
    ['new', 0, 40],
  ]);
  await db.client.query(`insert into raw.plain values ('${day(-3)}', 'a', 1), ('${day(-2)}', 'b', 2)`);
  await deploy();
  await db.client.query(`insert into raw.managed values ('${day(-3)}', 'a', 1)`);
  // Of others: a trigger on a source, a view in gold, a table in silver, and a partition set.
  await db.client.query(`
    create function raw.theirs() returns trigger language plpgsql as 'begin return null; end';
    create trigger rollup_their_own after insert on raw.plain for each statement execute function raw.theirs();
    create view gold.theirs as select ts, k from raw.plain;
    create table silver.theirs (n integer);
    create table raw.events (at timestamptz not null) partition by range (at)`);
  await db.client.query(`select rollup.partman_create('raw.events', 'at', '1 month', now(), 2)`);
});

describe('uninstalling', () => {
  it('shows what is there', async () => {
    const inventory = await readInventory(db.client);
    expect(
      inventory?.rollups.map(({ name, source, managed, enabled }) => [name, source, managed, enabled]),
    ).toEqual([
      ['managed', '"raw"."managed"', true, true],
      ['plain', '"raw"."plain"', false, true],
    ]);
    expect(inventory?.foreign).toEqual([]);
    const [{ n }] = (await rows(
      `select count(*)::integer as n from pg_class where relnamespace = 'rollup'::regnamespace and relkind in ('r', 'v')`,
    )) as [{ n: number }];
    // Two logs a rollup besides.
    expect((inventory?.tables.length ?? 0) + (inventory?.views.length ?? 0) + 4).toBe(n);
  });

  it.each([
    [
      'a view on gold',
      'create view raw.report as select * from gold.plain_1m',
      'drop view raw.report',
      'raw.report',
    ],
    [
      'a function of the engine',
      `create view raw.report as select rollup.time_bucket('1 hour', ts) from raw.plain`,
      'drop view raw.report',
      'raw.report',
    ],
    [
      'a table in its schema',
      'create table rollup.theirs (n integer)',
      'drop table rollup.theirs',
      'rollup.theirs',
    ],
  ])('is refused, before anything goes, where others use %s', async (_, make, unmake, name) => {
    await db.client.query(make);
    const before = await everything();
    expect((await readInventory(db.client))?.foreign).toEqual([name]);
    await expect(uninstall(db.client, { dropSilver: false })).rejects.toThrow(
      `Tidemark cannot be uninstalled, because ${name} depends on what would go, or is in the schema rollup. Nothing was changed.`,
    );
    expect(await everything()).toEqual(before);
    await db.client.query(unmake);
    await refresh(db.client, 'plain');
    await expectExact(db.client, await compiledFor(db.client, rollup('plain')));
  });

  it('takes all of ours away, keeps silver, sources and all of others, and can be undone by an up', async () => {
    // A rollup that is retired, and one whose configuration somebody deleted.
    await createSource(db.client, 'retired');
    await applyRollup(db.client, rollup('retired'), { schedule: false });
    await removeRollup(db.client, 'retired', 'retain');
    await createSource(db.client, 'lost');
    await applyRollup(db.client, rollup('lost'), { schedule: false });
    await db.client.query(`delete from rollup.timeseries_rollup_config where name = 'lost'`);

    const before = await everything();
    await uninstall(db.client, { dropSilver: false });
    const after = await everything();
    expect(await value(db.client, `select to_regnamespace('rollup') is null`)).toBe(true);
    const ours = /^gold\.(?!theirs)|^partman\.template_(raw_managed|silver_managed)/;
    type Relation = { name: string; triggers: string[] };
    const left = (before.relations as Relation[])
      .filter(({ name }) => !ours.test(name))
      .map((one) => ({
        ...one,
        triggers: one.triggers.filter((trigger) => !/^rollup_[iudtm]_/.test(trigger)),
      }));
    expect(after.relations).toEqual(left);
    expect(after.routines).toEqual(before.routines);
    expect(after.sets).toEqual([{ parent_table: 'raw.events' }]);
    expect(after.extensions).toEqual(before.extensions);
    // Writers go on as if nothing had been.
    await db.client.query(
      `insert into raw.plain values (now(), 'c', 3); update raw.plain set v = v + 1; delete from raw.plain where k = 'c'`,
    );
    expect(await value(db.client, 'select count(*)::integer from silver.plain_1m')).toBe(2);
    await uninstall(db.client, { dropSilver: false });
  });

  it('takes silver, too, where that is asked for', async () => {
    // What silver kept is not taken for a new rollup's own.
    await migrate(db.client);
    await expect(deploy()).rejects.toThrow('that Tidemark did not make');
    await db.client.query(
      `drop table silver.managed_1h, silver.managed_1d, silver.plain_1s, silver.plain_1m, silver.retired_1s, silver.retired_1m,
         silver.lost_1s, silver.lost_1m`,
    );
    await deploy();
    await uninstall(db.client, { dropSilver: true });
    expect(
      await rows(
        `select relname from pg_class where relnamespace in ('silver'::regnamespace, 'gold'::regnamespace) and relkind in ('r', 'p', 'v')`,
      ),
    ).toEqual(expect.arrayContaining([{ relname: 'theirs' }]));
    expect(await rows(`select relname from pg_class where relnamespace = 'silver'::regnamespace`)).toEqual([
      { relname: 'theirs' },
    ]);
    expect(await value(db.client, 'select count(*)::integer from raw.plain')).toBe(2);
  });
});
