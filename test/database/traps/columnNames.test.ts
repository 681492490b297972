import { describe, expect, it } from 'vitest';
import { installRollup } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { day, dirtyKeys, refresh, rollup, useDatabase, value } from '../../helpers/fixture';

describe('columns of a source that are called as something of the capture function is', () => {
  const db = useDatabase();
  const query = (sql: string) => db.client.query(sql);

  // Variables and blocks of the function, what PL/pgSQL brings, aliases and columns of its statements.
  const names = [
    'v_open',
    'v_sealed',
    'capture',
    'tg_op',
    'found',
    'new_rows',
    'old_rows',
    's',
    'new',
    'old',
  ];

  it.each(['statements', 'rows'] as const)(
    'neither break writes nor answers (capture: %s)',
    async (capture) => {
      const table = `named_${capture}`;
      const others = names.map((name) => `"${name}" float8 default 2`).join(', ');
      await query(
        `create table raw.${table} (ts timestamptz not null, k text, v float8, ${others}) partition by range (ts);
       create table raw.${table}_old partition of raw.${table} for values from ('${day(-4)}') to ('${day(-3)}');
       create table raw.${table}_rest partition of raw.${table} default`,
      );
      const compiled = await installRollup(
        db.client,
        rollup(table, {
          source: { capture },
          dimensions: ['k', ...names.slice(0, 2)],
          measures: names.slice(2).map((column) => ({ column, aggregates: ['sum', 'last'] as const })),
        }),
      );
      await query(
        `insert into raw.${table} (ts, k, v) select t, 'a', g from generate_series(1, 20) g
        cross join unnest(array['${day(-4)}', '${day(-1)}', now()]::timestamptz[]) t`,
      );
      await refresh(db.client, table);
      // Sealed, so that each branch of the function runs.
      await query(`drop table raw.${table}_old`);
      await refresh(db.client, table);
      await query(
        `insert into raw.${table} (ts, k, v) values ('${day(-4)}', 'late', 1), ('${day(-1)}', 'b', 2);
       update raw.${table} set v_open = 3, ts = ts + interval '1 minute' where v = 3;
       update raw.${table} set v_sealed = 4 where k = 'late';
       delete from raw.${table} where v = 5`,
      );
      expect(await dirtyKeys(db.client, table)).toBeGreaterThan(0);
      await expectExact(db.client, compiled);
      await refresh(db.client, table);
      await expectExact(db.client, compiled);
      expect(await value(db.client, `select count(*)::integer from gold.${table}_1m where k = 'late'`)).toBe(
        1,
      );
    },
  );

  it('and dimensions that are called as a part of a statement are taken out of both logs', async () => {
    await query(
      `create table raw.parts_named (ts timestamptz not null, keys text, consumed text, v float8) partition by range (ts);
       create table raw.parts_named_old partition of raw.parts_named for values from ('${day(-4)}') to ('${day(-3)}');
       create table raw.parts_named_rest partition of raw.parts_named default;
       insert into raw.parts_named values ('${day(-4)}', 'a', 'x', 1), ('${day(-1)}', 'b', 'y', 2)`,
    );
    const compiled = await installRollup(
      db.client,
      rollup('parts_named', { dimensions: ['keys', 'consumed'] }),
    );
    await refresh(db.client, 'parts_named');
    await query('drop table raw.parts_named_old');
    await refresh(db.client, 'parts_named');
    await query(
      `insert into raw.parts_named values ('${day(-4)}', 'late', 'x', 1), ('${day(-1)}', 'c', 'y', 2)`,
    );
    await refresh(db.client, 'parts_named');
    await expectExact(db.client, compiled);
    expect(
      await value(db.client, `select count(*)::integer from gold.parts_named_1m where keys in ('late', 'c')`),
    ).toBe(2);
  });
});
