import { describe, expect, it } from 'vitest';
import { installRollup } from '../../helpers/database';
import { createSource, day, refresh, rollup, tier, useDatabase, value } from '../../helpers/fixture';

describe('late rows of a sealed range whose state cannot be computed', () => {
  const db = useDatabase();
  const query = (sql: string) => db.client.query(sql);
  const at = (hours: number) => `'${day(-3)}'::timestamptz + interval '${hours} hours'`;
  const gold = (name: string, k: string) =>
    value<number>(db.client, `select row_count::integer from gold.${name} where k = '${k}'`);

  async function prepare(name: string, capture: 'statements' | 'rows') {
    await createSource(db.client, name, [
      ['old', -3, -2],
      ['new', -2, 1],
    ]);
    await query(
      `create table raw.${name}_rest partition of raw.${name} default;
       insert into raw.${name} select ${at(0)} + g * interval '1 hour', 'a', g from generate_series(0, 60) g`,
    );
    await installRollup(
      db.client,
      rollup(name, {
        source: { capture },
        tiers: [tier('1 hour', '1h'), tier('1 day', '1d')],
        measures: [
          { column: '*', aggregates: ['count'] },
          { column: 'v', aggregates: ['sum', 'stddev'] },
        ],
      }),
    );
    await refresh(db.client, name);
    await query(`drop table raw.${name}_old`);
    await refresh(db.client, name);
  }

  it.each(['statements', 'rows'] as const)(
    'do not fail the write; the other rows are added, and the monitor says why these are not (capture: %s)',
    async (capture) => {
      const name = `late_${capture}`;
      await prepare(name, capture);
      // Squares overflow within one hour of one key; NULL is a key as well.
      await query(
        `insert into raw.${name} values (${at(5)}, 'bad', 1e200), (${at(5)}, 'bad', -1e200), (${at(5)}, null, 1e200),
          (${at(5)}, null, -1e200), (${at(5)}, 'good', 1), (${at(6)}, 'good', 2), (now(), 'bad', 1)`,
      );
      await query(`update raw.${name} set v = 3 where k = 'bad' and v = 1`);
      await refresh(db.client, name);
      expect(await gold(`${name}_1d`, 'good')).toBe(2);
      const { rows } = await query(
        `select tier, bucket = ${at(5)} as same, row_count::integer as rows, sqlstate, log_row from rollup.set_aside
          where rollup = '${name}' order by id`,
      );
      // Statements log a key at once, so its log entry fails; rows log one each, and the second cannot be added to either tier.
      expect(rows.map((row) => [row.tier, row.rows])).toEqual(
        capture === 'statements'
          ? [
              [null, 2],
              [null, 2],
            ]
          : [
              [0, 1],
              [0, 1],
              [1, 1],
              [1, 1],
            ],
      );
      expect(rows[0]).toMatchObject({ same: true, sqlstate: '22003', log_row: null });
      expect(
        await value(
          db.client,
          `select concat_ws(' ', status, reason) from rollup.timeseries_operations_monitor where name = $1`,
          [name],
        ),
      ).toBe(
        'WARNING late rows of sealed ranges are not in the aggregates, since adding them fails: value out of range: overflow; see rollup.set_aside',
      );
      expect(
        await value(
          db.client,
          `select count(*)::integer from rollup.timeseries_error_log where rollup = $1`,
          [name],
        ),
      ).toBe(0);
    },
  );

  it('are added to each tier that can hold them', async () => {
    await prepare('late_day', 'statements');
    await query(
      `insert into raw.late_day values (${at(1)}, 'big', 1.7e308), (${at(2)}, 'good', 2);
       insert into raw.late_day values (${at(3)}, 'big', 1.7e308)`,
    );
    await refresh(db.client, 'late_day');
    const { rows } = await query(
      `select (select count(*)::integer from gold.late_day_1h where k = 'big') as hours,
        (select v_sum from gold.late_day_1d where k = 'big') as day, (select v_sum from gold.late_day_1d where k = 'good') as good`,
    );
    expect(rows).toEqual([{ hours: 2, day: 1.7e308, good: 2 }]);
    expect(
      (await query(`select tier, row_count::integer as rows from rollup.set_aside where rollup = 'late_day'`))
        .rows,
    ).toEqual([{ tier: 1, rows: 1 }]);
  });
});
