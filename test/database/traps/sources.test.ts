import { describe, expect, it } from 'vitest';
import { installRollup, openClient } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, day, dirtyKeys, refresh, rollup, useDatabase, value } from '../../helpers/fixture';

describe('kinds of source', () => {
  const db = useDatabase();

  it.each([
    [
      'a_view',
      `create view raw.a_view as select now() as ts, 'a' as k, 1::float8 as v`,
      /a view: nothing reports/,
    ],
    [
      'a_matview',
      `create materialized view raw.a_matview as select now() as ts, 'a' as k, 1::float8 as v`,
      /a materialized view: nothing reports/,
    ],
    [
      'an_unlogged',
      'create unlogged table raw.an_unlogged (ts timestamptz, k text, v float8)',
      /an unlogged table, which a crash empties/,
    ],
    [
      'a_parent',
      'create table raw.a_parent (ts timestamptz, k text, v float8); create table raw.a_child () inherits (raw.a_parent)',
      /inheritance children/,
    ],
    [
      'a_hidden',
      'create table raw.a_hidden (ts timestamptz, k text, v float8); alter table raw.a_hidden enable row level security, force row level security',
      /row-level security/,
    ],
  ])('%s is refused with its reason', async (name, sql, reason) => {
    await db.client.query(sql);
    await expect(installRollup(db.client, rollup(name))).rejects.toThrow(reason);
    expect(
      await value(
        db.client,
        `select count(*)::integer from rollup.timeseries_rollup_config where name = $1`,
        [name],
      ),
    ).toBe(0);
  });

  it('a foreign table is refused with its reason', async () => {
    await db.admin.query(`create foreign data wrapper nothing; create server away foreign data wrapper nothing;
      create foreign table raw.abroad (ts timestamptz, k text, v float8) server away; grant select on raw.abroad to tidemark`);
    await expect(installRollup(db.client, rollup('abroad'))).rejects.toThrow(
      /a foreign table: changes made on its server fire no trigger here/,
    );
  });

  it('a source that logical replication writes needs row capture, and says so', async () => {
    await createSource(db.client, 'replicated');
    await db.client.query('create table raw.plain_one (ts timestamptz not null, k text, v float8)');
    // As a subscription leaves it, without a publisher to connect to.
    const slot = `s_${db.database.name}`;
    await db.admin.query(
      `create subscription ${slot} connection 'dbname=nowhere' publication p with (connect = false, enabled = false, slot_name = none)`,
    );
    await db.admin.query(
      `insert into pg_subscription_rel values ((select oid from pg_subscription where subname = '${slot}'), 'raw.replicated'::regclass, 'r', null)`,
    );
    await expect(installRollup(db.client, rollup('replicated'))).rejects.toThrow(
      /logical replication, whose changes fire no statement trigger/,
    );
    await installRollup(db.client, rollup('replicated', { source: { capture: 'rows' } }));
    await db.admin.query(`drop subscription ${slot}`);
  });

  it.each([false, true])(
    'row capture sees what is applied as a replica does (partitioned: %s)',
    async (partitioned) => {
      const name = partitioned ? 'applied_parts' : 'applied';
      await createSource(
        db.client,
        name,
        partitioned
          ? [
              ['old', -2, -1],
              ['new', -1, 1],
            ]
          : [],
      );
      const compiled = await installRollup(db.client, rollup(name, { source: { capture: 'rows' } }));
      await db.client.query(
        `insert into raw.${name} select $1::timestamptz + g * interval '1 second', 'a', g from generate_series(1, 20) g`,
        [day(-2)],
      );
      await refresh(db.client, name);
      await expectExact(db.client, compiled);
      if (partitioned)
        await db.client.query(
          `create table raw.${name}_older partition of raw.${name} for values from ('${day(-3)}') to ('${day(-2)}')`,
        );

      const replica = await openClient(db.database.adminUrl);
      await replica.query('set session_replication_role = replica');
      await replica.query(`insert into raw.${name} values ('${day(-2)}', 'r', 1), ('${day(-1)}', 'r', 2)`);
      if (partitioned) await replica.query(`insert into raw.${name}_older values ('${day(-3)}', 'r', 3)`);
      await replica.query(
        `update raw.${name} set v = 0 where v = 5; update raw.${name} set ts = ts + interval '1 day' where v = 6; delete from raw.${name} where v = 7`,
      );
      expect(await dirtyKeys(db.client, name)).toBeGreaterThanOrEqual(6);
      await expectExact(db.client, compiled);
      await refresh(db.client, name);
      await expectExact(db.client, compiled);
      if (partitioned) {
        await replica.query(
          `insert into raw.${name}_older values ('${day(-3)}'::timestamptz + interval '1 minute', 'r', 3)`,
        );
        expect(await dirtyKeys(db.client, name)).toBe(1);
      }
      await replica.query(`truncate raw.${name}`);
      await expectExact(db.client, compiled);
      await refresh(db.client, name);
      await expectExact(db.client, compiled);
      expect(await value(db.client, `select count(*)::integer from silver.${name}_1s`)).toBe(0);
      await replica.end();
    },
  );

  it('statement capture and row capture log the same keys for the same changes', async () => {
    const logged: unknown[][] = [];
    for (const capture of ['statements', 'rows'] as const) {
      const name = `same_${capture}`;
      await createSource(db.client, name);
      await installRollup(db.client, rollup(name, { source: { capture } }));
      await db.client.query(`insert into raw.${name} select '2024-01-01 00:00:00Z'::timestamptz + g * interval '500 milliseconds', 'k' || g % 3, g from generate_series(1, 40) g;
        update raw.${name} set k = null where v < 4; update raw.${name} set ts = ts + interval '1 hour' where v > 38; delete from raw.${name} where v = 20;
        insert into raw.${name} values (now() + interval '1 hour', 'later', 1)`);
      logged.push(
        (await db.client.query(`select distinct bucket, k from rollup.dirty_${name} order by 1, 2`)).rows,
      );
    }
    expect(logged[0]?.length).toBeGreaterThan(20);
    expect(logged[1]).toEqual(logged[0]);
  });
});
