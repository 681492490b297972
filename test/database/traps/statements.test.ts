import type { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { generation, installRollup } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, day, dirtyKeys, refresh, rollup, useDatabase } from '../../helpers/fixture';

/** Forms of writing that have come to PostgreSQL over time, on a source of three days' partitions. */
describe('statements that write the source', () => {
  const db = useDatabase();

  /** Rows 1 to 6 of keys k0, k1 and k2 on the first day, and the rollup over them, refreshed. */
  async function prepare(name: string) {
    await createSource(db.client, name, [
      ['a', -3, -2],
      ['b', -2, -1],
      ['c', -1, 0],
    ]);
    await db.client.query(`create unique index on raw.${name} (ts, k)`);
    await db.client.query(
      `insert into raw.${name} select $1::timestamptz + g * interval '1 second', 'k' || g % 3, g from generate_series(1, 6) g`,
      [day(-3)],
    );
    const compiled = await installRollup(db.client, rollup(name));
    await refresh(db.client, name);
    return compiled;
  }

  /** What gold shows by day and key: the days from the first one on, as 0, 1 and 2. */
  async function shown(client: Client, name: string): Promise<string[]> {
    const { rows } = await client.query<{ line: string }>(
      `select extract(day from bucket - $1)::int || ' ' || k || ' ' || sum(v_count) || ' ' || sum(v_sum) as line
         from gold.${name}_1m group by bucket, k order by 1`,
      [day(-3)],
    );
    return rows.map((row) => row.line);
  }

  async function expectShown(name: string, compiled: Awaited<ReturnType<typeof prepare>>, lines: string[]) {
    expect(await dirtyKeys(db.client, name)).toBeGreaterThan(0);
    expect(await shown(db.client, name)).toEqual(lines);
    await expectExact(db.client, compiled);
    await refresh(db.client, name);
    expect(await shown(db.client, name)).toEqual(lines);
    await expectExact(db.client, compiled);
  }

  it('INSERT … ON CONFLICT DO UPDATE, which updates some rows and inserts others, within a WITH', async () => {
    const compiled = await prepare('upserts');
    await db.client.query(
      `with gone as (delete from raw.upserts where v = 6 returning *)
       insert into raw.upserts select ts + n * interval '1 day', k, 10 from gone, generate_series(1, 2) n
       union all select ts, k, 10 from raw.upserts where v <= 2
       on conflict (ts, k) do update set v = raw.upserts.v + excluded.v`,
    );
    // 6 of k0 went to the other days as 10; 1 of k1 and 2 of k2 became 11 and 12.
    await expectShown('upserts', compiled, ['0 k0 1 3', '0 k1 2 15', '0 k2 2 17', '1 k0 1 10', '2 k0 1 10']);
  });

  it('COPY, and what it leaves out', async () => {
    const compiled = await prepare('copies');
    const [early, late] = [day(-3), day(-2)];
    const lines = [`${early},copied,1`, `${late},copied,2`, `never,copied,100`, `${late},copied,much`];
    // 17 can leave out what is no value, and 18 is told how much of it.
    const version = generation();
    const good = version >= 17 ? lines : lines.slice(0, 2);
    const options =
      version >= 18 ? ', on_error ignore, reject_limit 2' : version >= 17 ? ', on_error ignore' : '';
    const copy = (text: string[], with_: string) =>
      db.admin.query(
        `copy raw.copies from program 'printf "%s\\n" ${text.join(' ')}' with (format csv${with_})`,
      );
    await copy(good, options);
    if (version >= 18)
      await expect(copy([...lines.slice(2), 'x,y,z'], options)).rejects.toThrow(/REJECT_LIMIT/);
    await expectShown('copies', compiled, [
      '0 copied 1 1',
      '0 k0 2 9',
      '0 k1 2 5',
      '0 k2 2 7',
      '1 copied 1 2',
    ]);
  });

  if (generation() >= 17)
    it('MERGE … WHEN NOT MATCHED BY SOURCE, which moves and deletes what the other table has not', async () => {
      const compiled = await prepare('merges');
      const { rows } = await db.client.query(
        `merge into raw.merges d using (select * from raw.merges where v <= 2) s on d.ts = s.ts and d.k = s.k
         when matched then update set v = d.v + 10
         when not matched by source and d.v = 3 then delete
         when not matched by source and d.v >= 5 then update set ts = d.ts + interval '1 day', k = 'moved'
         returning merge_action(), d.v`,
      );
      expect(rows).toHaveLength(5);
      // 1 and 2 became 11 and 12, 3 is gone, 4 stays, 5 and 6 moved.
      await expectShown('merges', compiled, ['0 k1 2 15', '0 k2 1 12', '1 moved 2 11']);
    });

  if (generation() >= 18)
    it('RETURNING old and new, also of a row that goes to another partition', async () => {
      const compiled = await prepare('returns');
      const update = await db.client.query(
        `with changed as (update raw.returns set ts = ts + interval '1 day', v = v * 10 where v <= 2 returning old.v as was, new.v as is_now, new.ts - old.ts as moved)
         select was, is_now, extract(day from moved)::int as days from changed order by was`,
      );
      expect(update.rows).toEqual([
        { was: 1, is_now: 10, days: 1 },
        { was: 2, is_now: 20, days: 1 },
      ]);
      // A log of changes written by the statement itself, into the source.
      await db.client.query(
        `with gone as (delete from raw.returns where v = 3 returning with (old as o) o.*)
         insert into raw.returns select ts + interval '2 days', 'gone', v from gone returning old.v, new.v`,
      );
      const merged = await db.client.query(
        `merge into raw.returns d using (values (4), (7)) s(v) on d.v = s.v
         when matched then update set v = d.v + 100
         when not matched then insert values ('${day(-1)}', 'new', s.v)
         returning old.v as was, new.v as is_now`,
      );
      expect(merged.rows).toEqual([
        { was: 4, is_now: 104 },
        { was: null, is_now: 7 },
      ]);
      const kept = ['0 k0 1 6', '0 k1 1 104', '0 k2 1 5'];
      await expectShown('returns', compiled, [...kept, '1 k1 1 10', '1 k2 1 20', '2 gone 1 3', '2 new 1 7']);
    });
});
