import { describe, expect, it } from 'vitest';
import { installRollup, openClient } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, dirtyKeys, refresh, rollup, useDatabase, value } from '../../helpers/fixture';
import { mutate } from '../../helpers/mutations';

describe('the horizon', () => {
  const db = useDatabase();

  const covered = (name: string) =>
    value<string>(
      db.client,
      `select coalesce(upper(coverage), '-infinity')::text from rollup.timeseries_tier where rollup = '${name}' and ordinal = 0`,
    );
  const now = () => value<string>(db.client, 'select clock_timestamp()::text');

  /** Refreshes, and expects every second that had ended by then to be covered. */
  async function refreshUpToNow(name: string) {
    const before = await now();
    await refresh(db.client, name);
    expect(Date.parse(await covered(name))).toBeGreaterThanOrEqual(
      Math.floor(Date.parse(before) / 1000) * 1000,
    );
  }

  async function prepare(name: string) {
    await createSource(db.client, name);
    await db.client.query(
      `insert into raw.${name} select now() - g * interval '1 second', 'a', g from generate_series(1, 30) g`,
    );
    const compiled = await installRollup(db.client, rollup(name));
    await refresh(db.client, name);
    return compiled;
  }

  it('waits for a writer of the source, and only as far as that one needs', async () => {
    const compiled = await prepare('held');
    const writer = await openClient(db.database.url);
    await writer.query(`begin; insert into raw.held values (clock_timestamp(), 'w', 1)`);
    const wrote = await now();
    await db.client.query('select pg_sleep(2.1)');
    await refresh(db.client, 'held');
    expect(Date.parse(await covered('held'))).toBeLessThanOrEqual(Date.parse(wrote));
    await expectExact(db.client, compiled);
    await writer.query('commit');
    await refreshUpToNow('held');
    await expectExact(db.client, compiled);
    await writer.end();
  });

  it('is not held up by long transactions that write elsewhere or only read the source', async () => {
    const compiled = await prepare('free');
    await db.client.query('create table raw.elsewhere (x int)');
    const [other, reader] = [await openClient(db.database.url), await openClient(db.database.url)];
    await other.query('begin; insert into raw.elsewhere values (1)');
    await reader.query(
      'begin isolation level repeatable read; select count(*) from raw.free; select pg_current_xact_id()',
    );
    await db.client.query('select pg_sleep(1.1)');
    await refreshUpToNow('free');
    await expectExact(db.client, compiled);
    await Promise.all([other.end(), reader.end()]);
  });

  it('waits for a prepared transaction', async () => {
    const compiled = await prepare('promised');
    await db.client.query(
      `begin; insert into raw.promised values (clock_timestamp(), 'p', 1); prepare transaction '${db.database.name}'`,
    );
    const wrote = await now();
    await db.client.query('select pg_sleep(1.1)');
    await refresh(db.client, 'promised');
    expect(Date.parse(await covered('promised'))).toBeLessThanOrEqual(Date.parse(wrote));
    await expectExact(db.client, compiled);
    await db.client.query(`commit prepared '${db.database.name}'`);
    await expectExact(db.client, compiled);
    await refreshUpToNow('promised');
    await expectExact(db.client, compiled);
  });

  it('does not take a tick of another session that came after it looked for writers', async () => {
    await prepare('raced');
    const [slow, writer] = [await openClient(db.database.url), await openClient(db.database.url)];
    // The same function, stopped for a while between the look and the choice.
    await slow.query('begin');
    await mutate(slow, {
      name: 'stopped',
      function: 'rollup.horizon',
      find: 'select at into v_at',
      replace: 'perform pg_sleep(1.5);\n  select at into v_at',
    });
    const horizon = value<string>(slow, `select rollup.horizon('raw.raced')::text`);
    await writer.query(
      `select pg_sleep(0.5); begin; insert into raw.raced values (clock_timestamp(), 'w', 1)`,
    );
    const wrote = await value<string>(db.client, 'select clock_timestamp()::text');
    await db.client.query('select rollup.tick()');
    expect(Date.parse(await horizon)).toBeLessThan(Date.parse(wrote));
    await slow.query('rollback');
    await Promise.all([slow.end(), writer.end()]);
  });

  it('knows writers by the 64-bit id of their transaction, also around the wraparound of 32 bits', async () => {
    const { rows } = await db.client.query<{ next: string; id: string; wide: string }>(
      `select next::text, id::text, rollup.widen_xid((id % 4294967296)::text::xid, next)::text as wide
         from unnest(array[1000, 4294967296, 4294967300, 8589934592 + 3, 5 * 4294967296 + 2147483648]::numeric[]) next,
              unnest(array[next, next - 1, next - 2, next - 997, next + 5]) id`,
    );
    expect(rows.length).toBe(25);
    for (const { id, wide } of rows) expect(wide).toBe(id);
  });

  it('a first row in the future is shown at once and aggregated when its time has come', async () => {
    await createSource(db.client, 'future');
    const compiled = await installRollup(db.client, rollup('future'));
    await refresh(db.client, 'future');
    await db.client.query(
      `insert into raw.future values (clock_timestamp() + interval '1.5 seconds', 'f', 1)`,
    );
    await refresh(db.client, 'future');
    await expectExact(db.client, compiled);
    expect(await value(db.client, 'select count(*)::integer from gold.future_1s')).toBe(1);
    await db.client.query(`insert into raw.future values (now() - interval '10 minutes', 'past', 1)`);
    await refresh(db.client, 'future');
    await expectExact(db.client, compiled);
    await db.client.query('select pg_sleep(3)');
    await refresh(db.client, 'future');
    await expectExact(db.client, compiled);
    expect(await value(db.client, 'select count(*)::integer from silver.future_1s')).toBe(2);
  });

  it('rows below the first one seen are covered too', async () => {
    const compiled = await prepare('below');
    await db.client.query(`insert into raw.below values ('1999-12-31 23:59:59Z', 'old', 1)`);
    await expectExact(db.client, compiled);
    await refresh(db.client, 'below');
    expect(await dirtyKeys(db.client, 'below')).toBe(0);
    expect(await value(db.client, `select count(*)::integer from silver.below_1s where k = 'old'`)).toBe(1);
    await expectExact(db.client, compiled);
  });

  it('rows at infinity on either side are in the answer', async () => {
    const compiled = await prepare('endless');
    await db.client.query(
      `insert into raw.endless values ('infinity', 'a', 1), ('-infinity', 'a', 2), ('-infinity', null, 3)`,
    );
    await expectExact(db.client, compiled);
    await refresh(db.client, 'endless');
    await expectExact(db.client, compiled);
    await db.client.query(
      `update raw.endless set ts = now() - interval '1 hour' where ts = '-infinity' and k = 'a'`,
    );
    await db.client.query(`delete from raw.endless where ts = 'infinity'`);
    await refresh(db.client, 'endless');
    await expectExact(db.client, compiled);
    expect(
      await value(db.client, `select count(*)::integer from gold.endless_1m where bucket = '-infinity'`),
    ).toBe(1);
  });
});
