import { describe, expect, it } from 'vitest';
import { installRollup, openClient } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, day, dirtyKeys, refresh, rollup, useDatabase, value } from '../../helpers/fixture';

describe('partitions of the source', () => {
  const db = useDatabase();
  const query = (sql: string, values: readonly unknown[] = []) => db.client.query(sql, [...values]);
  const rows = (table: string, from: number, count: number, k = 'a') =>
    query(
      `insert into raw.${table} select $1::timestamptz + g * interval '1 second', '${k}', g from generate_series(1, $2::integer) g`,
      [day(from), count],
    );

  async function prepare(name: string) {
    await createSource(db.client, name, [
      ['d3', -3, -2],
      ['d2', -2, -1],
      ['d1', -1, 0],
      ['d0', 0, 1],
    ]);
    await rows(name, -3, 50);
    await rows(name, -2, 50);
    const compiled = await installRollup(db.client, rollup(name));
    await refresh(db.client, name);
    await expectExact(db.client, compiled);
    return compiled;
  }

  it('captures inserts, updates and deletes straight in a partition, without logging those through the root twice', async () => {
    const compiled = await prepare('straight');
    await rows('straight', -3, 5, 'root');
    expect(await dirtyKeys(db.client, 'straight')).toBe(5);
    await rows('straight_d3', -3, 7, 'leaf');
    expect(await dirtyKeys(db.client, 'straight')).toBe(12);
    await query(`update raw.straight_d2 set v = v + 1 where v = 1`);
    await query(`delete from raw.straight_d2 where v = 5`);
    expect(await dirtyKeys(db.client, 'straight')).toBe(15);
    await expectExact(db.client, compiled);
    await refresh(db.client, 'straight');
    await expectExact(db.client, compiled);
  });

  it('follows partitions made later, before and after the next refresh', async () => {
    const compiled = await prepare('later');
    await query(
      `create table raw.later_d4 partition of raw.later for values from ('${day(-4)}') to ('${day(-3)}')`,
    );
    await rows('later_d4', -4, 10, 'before');
    await expectExact(db.client, compiled);
    await refresh(db.client, 'later');
    await expectExact(db.client, compiled);
    await rows('later_d4', -4, 10, 'after');
    expect(await dirtyKeys(db.client, 'later')).toBe(10);
    await expectExact(db.client, compiled);
    await refresh(db.client, 'later');
    await expectExact(db.client, compiled);
  });

  it('reads the source for a truncated partition, and aggregates the others only once', async () => {
    const compiled = await prepare('cut');
    await query('truncate raw.cut_d3');
    await expectExact(db.client, compiled);
    await refresh(db.client, 'cut');
    await expectExact(db.client, compiled);
    expect(await value(db.client, `select count(*)::integer from silver.cut_1s`)).toBe(50);
    await query('begin; truncate raw.cut; rollback');
    await expectExact(db.client, compiled);
    await query('truncate raw.cut');
    await rows('cut', -2, 3, 'again');
    await expectExact(db.client, compiled);
    await refresh(db.client, 'cut');
    await expectExact(db.client, compiled);
  });

  it('aggregates a partition attached with rows in it', async () => {
    const compiled = await prepare('attach');
    await query('create table raw.attach_d5 (like raw.attach)');
    await rows('attach_d5', -5, 20, 'loaded');
    await query(
      `alter table raw.attach attach partition raw.attach_d5 for values from ('${day(-5)}') to ('${day(-4)}')`,
    );
    await expectExact(db.client, compiled);
    await refresh(db.client, 'attach');
    await expectExact(db.client, compiled);
    expect(await value(db.client, `select count(*)::integer from silver.attach_1s where k = 'loaded'`)).toBe(
      20,
    );
  });

  it('a long writer in a new partition holds up neither the refresh nor other writers', async () => {
    const compiled = await prepare('busy');
    await query(
      `create table raw.busy_d4 partition of raw.busy for values from ('${day(-4)}') to ('${day(-3)}')`,
    );
    const writer = await openClient(db.database.url);
    await writer.query(`begin; insert into raw.busy_d4 values ('${day(-4)}', 'w', 1)`);
    await refresh(db.client, 'busy');
    await rows('busy', -2, 4, 'late');
    await refresh(db.client, 'busy');
    expect(await dirtyKeys(db.client, 'busy')).toBe(0);
    await expectExact(db.client, compiled);
    await writer.query('commit');
    await writer.end();
    await refresh(db.client, 'busy');
    await expectExact(db.client, compiled);
  });
});
