import { describe, expect, it } from 'vitest';
import { installRollup } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, refresh, rollup, tier, useDatabase, value } from '../../helpers/fixture';

/** What the reference implementation got wrong, each by name. */
describe('bugs of the reference implementation', () => {
  const db = useDatabase();
  const query = (sql: string) => db.client.query(sql);

  it('average of averages: a coarser average weighs each row, not each finer bucket', async () => {
    await createSource(db.client, 'avg_of_avg');
    // One row of 100 in the first second, nine rows of 0 in the next: 10, not 50.
    await query(`insert into raw.avg_of_avg values ('2024-01-01 00:00:00Z', 'a', 100)`);
    await query(
      `insert into raw.avg_of_avg select '2024-01-01 00:00:01Z', 'a', 0 from generate_series(1, 9)`,
    );
    const compiled = await installRollup(db.client, rollup('avg_of_avg'));
    await refresh(db.client, 'avg_of_avg');
    expect(await value(db.client, 'select v_avg from gold.avg_of_avg_1m')).toBe(10);
    expect(await value(db.client, 'select avg(v_avg) from gold.avg_of_avg_1s')).toBe(50);
    await expectExact(db.client, compiled);
  });

  it('row count of one: logs tell how many rows were really written and removed', async () => {
    await createSource(db.client, 'row_counts');
    await query(
      `insert into raw.row_counts select '2024-01-01 00:00:00Z'::timestamptz + g * interval '1 second', 'k' || g % 2, g from generate_series(0, 59) g`,
    );
    await installRollup(db.client, rollup('row_counts'));
    await refresh(db.client, 'row_counts');
    const logged = (column: string) =>
      value<number>(
        db.client,
        `select ${column}::integer from rollup.timeseries_refresh_log where rollup = 'row_counts' order by id desc limit 1`,
      );
    // 60 keys by the second and 2 by the minute.
    expect(
      await value(
        db.client,
        `select sum(rows_written)::integer from rollup.timeseries_refresh_log where rollup = 'row_counts'`,
      ),
    ).toBe(62);
    await query(`delete from raw.row_counts where v < 10`);
    await refresh(db.client, 'row_counts');
    expect([await logged('dirty_keys'), await logged('rows_removed'), await logged('rows_written')]).toEqual([
      10, 10, 2,
    ]);
    // What comes out the same is not written again.
    await query(`update raw.row_counts set v = v`);
    await refresh(db.client, 'row_counts');
    expect([await logged('dirty_keys'), await logged('rows_removed'), await logged('rows_written')]).toEqual([
      50, 0, 0,
    ]);
  });

  it('cursor lost on an empty window, which then never advances: gaps of any length are passed', async () => {
    await createSource(db.client, 'empty_windows');
    await query(
      `insert into raw.empty_windows values ('2005-05-05 05:05:05Z', 'a', 1), ('2015-05-05 05:05:05Z', 'a', 2)`,
    );
    const compiled = await installRollup(db.client, rollup('empty_windows'));
    await query(
      `update rollup.timeseries_rollup_config set batch_span = '1 minute' where name = 'empty_windows'`,
    );
    await refresh(db.client, 'empty_windows');
    await expectExact(db.client, compiled);
    const covered = () =>
      value<boolean>(
        db.client,
        `select coverage @> tstzmultirange(tstzrange('2005-05-05 05:05:05Z', now() - interval '2 seconds')) from rollup.timeseries_tier where rollup = 'empty_windows' and ordinal = 0`,
      );
    expect(await covered()).toBe(true);
    // An empty source, later refreshes with nothing new, and then a row.
    await query('truncate raw.empty_windows');
    await refresh(db.client, 'empty_windows');
    await refresh(db.client, 'empty_windows');
    await query(`insert into raw.empty_windows values (now() - interval '5 seconds', 'b', 3)`);
    await query('select pg_sleep(0.1)');
    await refresh(db.client, 'empty_windows');
    await expectExact(db.client, compiled);
    expect(await value(db.client, 'select count(*)::integer from silver.empty_windows_1s')).toBe(1);
  });

  it('boundary buckets overwritten by partial windows: a batch never ends inside a bucket', async () => {
    await createSource(db.client, 'boundaries');
    await query(
      `insert into raw.boundaries select '2024-01-01 00:00:00Z'::timestamptz + g * interval '700 milliseconds', 'k', g from generate_series(0, 3000) g`,
    );
    const compiled = await installRollup(
      db.client,
      rollup('boundaries', {
        tiers: [tier('10 seconds', '10s'), tier('1 minute', '1m'), tier('1 hour', '1h')],
      }),
    );
    // Batches that divide neither a bucket nor each other; readers look after each.
    await query(
      `update rollup.timeseries_rollup_config set batch_span = '7.3 seconds' where name = 'boundaries'`,
    );
    let steps = 0;
    for (let more = true; more && steps < 400; steps++) {
      await query('begin');
      await query(`select rollup.tick()`);
      await query('commit');
      await query('begin isolation level read committed');
      more = await value<boolean>(db.client, `select rollup.refresh_batch('boundaries')`);
      await query(
        `update rollup.timeseries_rollup_config set batch_span = least(batch_span, '${30 + steps * 13}.3 seconds') where name = 'boundaries'`,
      );
      await query('commit');
      if (steps % 4 === 0) await expectExact(db.client, compiled);
    }
    expect(steps).toBeGreaterThan(5);
    await expectExact(db.client, compiled);
  });

  it('no dimensions means no metrics: a rollup without dimensions has them all', async () => {
    await createSource(db.client, 'no_dimensions');
    await query(
      `insert into raw.no_dimensions values ('2024-01-01 00:00:00Z', 'a', 1), ('2024-01-01 00:00:30Z', 'b', 3), ('2024-01-01 00:00:31Z', null, null)`,
    );
    const compiled = await installRollup(db.client, rollup('no_dimensions', { dimensions: [] }));
    await refresh(db.client, 'no_dimensions');
    const { rows } = await query('select * from gold.no_dimensions_1m');
    expect(rows).toMatchObject([
      { row_count: 3, v_count: 2, v_sum: 4, v_avg: 2, v_min: 1, v_max: 3, v_first: 1, v_last: 3 },
    ]);
    await query(`insert into raw.no_dimensions values ('2024-01-01 00:00:15Z', 'c', 8)`);
    await refresh(db.client, 'no_dimensions');
    expect(await value(db.client, 'select v_max from gold.no_dimensions_1m')).toBe(8);
    await expectExact(db.client, compiled);
  });

  it('late data lost: rows that come after their bucket was aggregated are in it', async () => {
    await createSource(db.client, 'late_data');
    await query(
      `insert into raw.late_data select now() - g * interval '1 minute', 'k', g from generate_series(1, 100) g`,
    );
    const compiled = await installRollup(db.client, rollup('late_data'));
    await refresh(db.client, 'late_data');
    for (const age of ['3 seconds', '5 minutes', '50 minutes', '99 minutes', '3 days', '400 days']) {
      await query(`insert into raw.late_data values (now() - interval '${age}', 'late', 1)`);
      await expectExact(db.client, compiled);
      await refresh(db.client, 'late_data');
      expect(await value(db.client, `select count(*)::integer from rollup.dirty_late_data`)).toBe(0);
      await expectExact(db.client, compiled);
    }
    expect(
      await value(db.client, `select sum(row_count)::integer from gold.late_data_1s where k = 'late'`),
    ).toBe(6);
  });
});
