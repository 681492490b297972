import { describe, expect, it } from 'vitest';
import { applyRollup } from '../../../infra/db/rollup/apply';
import { compiledFor, installRollup, openClient } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, refresh, rollup, useDatabase, value } from '../../helpers/fixture';
import { createPartitionedSource, definition } from '../operations/support';

/** What a dump brings along from a server with other transaction ids. */
describe('ticks of another server', () => {
  const db = useDatabase();

  const time = async (sql: string) => Date.parse(await value<string>(db.client, `select (${sql})::text`));
  const now = () => time('clock_timestamp()');
  const covered = (name: string) =>
    time(`select upper(coverage) from rollup.timeseries_tier where rollup = '${name}' and ordinal = 0`);

  /** Refreshes, and expects the horizon to be no older than that, and every second that had ended by then to be covered. */
  async function refreshUpToNow(name: string) {
    const before = await now();
    await refresh(db.client, name);
    expect(await time(`rollup.horizon('raw.${name}')`)).toBeGreaterThanOrEqual(before);
    expect(await covered(name)).toBeGreaterThanOrEqual(Math.floor(before / 1000) * 1000);
  }

  async function prepare(name: string) {
    await createSource(db.client, name);
    await db.client.query(
      `insert into raw.${name} select now() - g * interval '1 second', 'a', g from generate_series(1, 30) g`,
    );
    return installRollup(db.client, rollup(name));
  }

  /** As if the old server had ticked hours ago with ids that this one gives out from `from` ids on. */
  const plant = (from: number, count: number) =>
    db.client.query(
      `insert into rollup.tick (at, xid)
       select now() - interval '3 hours' + n * interval '1 second', ((pg_current_xact_id()::text)::bigint + $1 + n)::text::xid8
         from generate_series(1, $2::integer) n`,
      [from, count],
    );

  it('with ids far ahead neither hold the horizon nor move it past a writer', async () => {
    const compiled = await prepare('far');
    await plant(1_000_000_000, 100);
    await refreshUpToNow('far');
    const writer = await openClient(db.database.url);
    await writer.query(`begin; insert into raw.far values (clock_timestamp(), 'w', 1)`);
    const wrote = await now();
    await db.client.query('select pg_sleep(2.1)');
    await refresh(db.client, 'far');
    expect(await covered('far')).toBeLessThanOrEqual(wrote);
    await expectExact(db.client, compiled);
    await writer.query('commit');
    await refreshUpToNow('far');
    await expectExact(db.client, compiled);
    await writer.end();
  });

  it('with ids that come up again fail no refresh, and the horizon is never later than a writer', async () => {
    const compiled = await prepare('near');
    await db.client.query('delete from rollup.tick');
    await plant(0, 300);
    const last = await value<string>(db.client, 'select max(xid)::text from rollup.tick');
    const writer = await openClient(db.database.url);
    const next = () => value<string>(db.client, 'select pg_snapshot_xmax(pg_current_snapshot())::text');
    while (BigInt(await next()) <= BigInt(last)) {
      await writer.query(
        `begin; insert into raw.near values (clock_timestamp() - interval '1 second', 'w', 1)`,
      );
      const wrote = await value<string>(db.client, 'select clock_timestamp()::text');
      // Ids pass, so that the writer's own is among those of old ticks.
      for (let n = 0; n < 12; n += 1) await db.client.query('select pg_current_xact_id()');
      await refresh(db.client, 'near');
      const horizon = await value<string>(db.client, `select rollup.horizon('raw.near')::text`);
      expect(Date.parse(horizon)).toBeLessThanOrEqual(Date.parse(wrote));
      await expectExact(db.client, compiled);
      await writer.query('commit');
      await refresh(db.client, 'near');
      await expectExact(db.client, compiled);
    }
    await db.client.query('select pg_sleep(1.1)');
    await refreshUpToNow('near');
    await writer.end();
  });
});

/** What pg_restore makes has other object ids than what the dump tells of. */
describe('object ids of another server', () => {
  const db = useDatabase();

  it('stop refreshes with a sentence, keep gold exact, and are replaced by the next deployment', async () => {
    await createPartitionedSource(db.client);
    const wanted = definition({ retention: null });
    await applyRollup(db.client, wanted, { schedule: false });
    await db.client.query("call rollup.perform_rollup('m')");
    const compiled = await compiledFor(db.client, wanted);
    await db.client.query(
      `update rollup.timeseries_rollup_config set source_oid = (source_oid::bigint + 1000000)::oid;
       update rollup.source_leaf set relid = (relid::bigint + 1000000)::oid`,
    );
    await expectExact(db.client, compiled);
    const late = `insert into raw.src values (now() - interval '41 days', 'k8', 8, 8)`;
    await db.client.query(late);
    expect(await value(db.client, 'select count(*)::int from rollup.dirty_m')).toBeGreaterThan(0);
    await expectExact(db.client, compiled);
    await expect(db.client.query("call rollup.perform_rollup('m')")).rejects.toThrow(
      'the source "raw"."src" is another table than when rollup m was deployed',
    );
    await expectExact(db.client, compiled);

    await applyRollup(db.client, wanted, { schedule: false });
    const covered = 'select bool_or(coverage <> $$ {} $$) from rollup.timeseries_tier';
    expect(await value(db.client, covered)).toBe(false);
    await db.client.query("call rollup.perform_rollup('m', p_force => true)");
    expect(await value(db.client, covered)).toBe(true);
    await expectExact(db.client, compiled);
    await db.client.query(late);
    await db.client.query("call rollup.perform_rollup('m')");
    await expectExact(db.client, compiled);
  });
});
