import { describe, expect, it } from 'vitest';
import { installRollup } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, day, dirtyKeys, refresh, rollup, useDatabase } from '../../helpers/fixture';

describe('MERGE into a partitioned source', () => {
  const db = useDatabase();
  const at = (offset: number, seconds: number): string =>
    new Date(Date.parse(day(offset)) + seconds * 1000).toISOString();

  async function prepare(name: string) {
    await createSource(db.client, name, [
      ['old', -2, -1],
      ['mid', -1, 0],
    ]);
    await db.client.query(
      `insert into raw.${name} select $1::timestamptz + g * interval '1 second', 'k' || g % 3, g from generate_series(0, 59) g`,
      [day(-2)],
    );
    const compiled = await installRollup(db.client, rollup(name));
    await refresh(db.client, name);
    await expectExact(db.client, compiled);
    return compiled;
  }

  it('logs rows that a MERGE without insert and delete moves to another partition', async () => {
    const compiled = await prepare('merge_moves');
    await db.client.query(
      `merge into raw.merge_moves d using (select * from raw.merge_moves where v < 5) s on d.ts = s.ts and d.k = s.k
       when matched then update set ts = d.ts + interval '1 day'`,
    );
    expect(await dirtyKeys(db.client, 'merge_moves')).toBeGreaterThan(0);
    await expectExact(db.client, compiled);
    await refresh(db.client, 'merge_moves');
    await expectExact(db.client, compiled);
  });

  it('logs where a MERGE moved rows to after it inserted one', async () => {
    const compiled = await prepare('merge_mixes');
    // A nested loop takes the source in this order: the insert comes first, and PostgreSQL then shows triggers wrong rows.
    await db.client.query('set enable_hashjoin = off; set enable_mergejoin = off');
    await db.client.query(
      `merge into raw.merge_mixes d using (values ('${at(-2, 7000)}'::timestamptz, 'k0'), ('${at(-2, 3)}', 'k0'), ('${at(-2, 4)}', 'k1')) s(ts, k)
          on d.ts = s.ts and d.k = s.k
       when matched then update set ts = d.ts + interval '2 hours', k = null
       when not matched then insert values (s.ts, s.k, 1)`,
    );
    await expectExact(db.client, compiled);
    await refresh(db.client, 'merge_mixes');
    await expectExact(db.client, compiled);
  });

  it('costs nothing where an update keeps the key: the row trigger does not fire', async () => {
    const compiled = await prepare('merge_keeps');
    await db.client.query(`update raw.merge_keeps set v = v + 1 where v < 10`);
    // Old and new rows by the statement trigger, each key once.
    expect(await dirtyKeys(db.client, 'merge_keeps')).toBe(20);
    await expectExact(db.client, compiled);
  });
});
