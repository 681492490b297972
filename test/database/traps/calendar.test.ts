import type { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import type { TierDefinition } from '../../../infra/model/definition';
import { installRollup } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, dirtyKeys, refresh, rollup, tier, useDatabase, value } from '../../helpers/fixture';

/** Zone, a stretch of days around a change of its clocks, and what happens to the day there. */
const CHANGES: readonly (readonly [zone: string, from: string, days: number, hours: number, what: string])[] =
  [
    ['America/New_York', '2024-03-08', 5, 23, 'spring forward at 2'],
    ['America/New_York', '2024-11-01', 5, 25, 'fall back at 2'],
    ['America/Havana', '2023-11-03', 5, 25, 'midnight happens twice'],
    ['America/Havana', '2023-03-10', 5, 23, 'midnight is skipped'],
    ['America/Sao_Paulo', '2018-11-02', 5, 23, 'midnight is skipped'],
    ['America/Asuncion', '2023-09-29', 5, 23, 'midnight is skipped'],
    ['America/Asuncion', '2023-03-24', 5, 25, 'the last hour of the day happens twice'],
    ['Australia/Lord_Howe', '2024-04-05', 5, 24.5, 'half an hour twice'],
    ['Australia/Lord_Howe', '2024-10-04', 5, 23.5, 'half an hour skipped'],
    ['Pacific/Apia', '2011-12-28', 5, 24, 'a whole day skipped'],
  ];

describe('calendar tiers', () => {
  const db = useDatabase();

  async function load(
    client: Client,
    name: string,
    tiers: readonly TierDefinition[],
    from: string,
    days: number,
    step = '10 minutes',
  ) {
    await createSource(client, name);
    await client.query(
      `insert into raw.${name} select t, 'k', extract(epoch from t)::bigint % 1000
         from generate_series($1::timestamptz, $1::timestamptz + $2 * interval '24 hours', $3::interval) t`,
      [`${from} 00:00:00+00`, days, step],
    );
    const compiled = await installRollup(client, rollup(name, { tiers: [...tiers] }));
    await expectExact(client, compiled);
    await refresh(client, name);
    await expectExact(client, compiled);
    return compiled;
  }

  it.each(CHANGES)('day in %s from %s on: %i days, one of %d hours (%s)', async (zone, from, days, hours) => {
    const name = `dst_${zone.toLowerCase().replace(/\W/g, '_')}_${from.replaceAll('-', '')}`;
    const compiled = await load(
      db.client,
      name,
      [tier('30 minutes', '30m'), tier('1 day', '1d', zone)],
      from,
      days,
    );
    // Whole days in between, each as long as the wall clock says.
    const lengths = await db.client.query<{ hours: number }>(
      `select (extract(epoch from lead(bucket) over (order by bucket) - bucket) / 3600)::float8 as hours from gold.${name}_1d offset 1`,
    );
    const whole = lengths.rows.map((row) => row.hours).filter((length) => length !== null);
    if (hours === 24) expect(new Set(whole)).toEqual(new Set([24]));
    else expect([...new Set(whole)].sort()).toEqual([24, hours].sort());
    const rows = await value<number>(db.client, `select sum(row_count)::integer from gold.${name}_1d`);
    expect(rows).toBe(days * 144 + 1);

    // A late row, a change and a delete in the very hours of the change.
    await db.client.query(
      `insert into raw.${name} select ts + interval '1 second', 'late', 1 from raw.${name} where ts >= $1::timestamptz + interval '36 hours' and ts < $1::timestamptz + interval '72 hours'`,
      [`${from} 00:00:00+00`],
    );
    await db.client.query(`delete from raw.${name} where extract(minute from ts) = 20`);
    await expectExact(db.client, compiled);
    await refresh(db.client, name);
    expect(await dirtyKeys(db.client, name)).toBe(0);
    await expectExact(db.client, compiled);
  });

  it('weeks, months, quarters and years follow the zone over both changes', async () => {
    const tiers = [
      tier('1 hour', '1h'),
      tier('1 day', '1d', 'America/New_York'),
      tier('1 week', '1w', 'America/New_York'),
      tier('1 month', '1mo', 'America/New_York'),
      tier('3 months', '3mo', 'America/New_York'),
      tier('1 year', '1y', 'America/New_York'),
    ];
    // A week is no part of a month: the definition would not allow both; here each has its own rollup.
    for (const [index, coarse] of tiers.slice(2).entries()) {
      const name = `calendar_${index}`;
      const compiled = await load(
        db.client,
        name,
        [...tiers.slice(0, 2), coarse],
        '2023-01-01',
        500,
        '3 hours',
      );
      const odd = await value<number>(
        db.client,
        `select count(*)::integer from gold.${name}_${coarse.suffix} where (bucket at time zone 'America/New_York')::time <> '00:00' or bucket <> rollup.time_bucket($1::interval, bucket, 'America/New_York')`,
        [coarse.every],
      );
      expect(odd).toBe(0);
      // Not 0 and -0, which are equal: which of them is the least of both is up to PostgreSQL.
      await db.client.query(
        `update raw.${name} set ts = ts + interval '40 days', v = -1 - v where extract(day from ts) = 31`,
      );
      await refresh(db.client, name);
      await expectExact(db.client, compiled);
    }
  });

  it('months without a zone are UTC months, whatever the session says', async () => {
    await db.client.query("set timezone = 'Asia/Tokyo'");
    const compiled = await load(
      db.client,
      'utc_months',
      [tier('1 day', '1d'), tier('1 month', '1mo')],
      '2024-01-30',
      70,
      '1 hour',
    );
    await db.client.query("set timezone = 'Pacific/Honolulu'");
    await expectExact(db.client, compiled);
    const starts = await value<string[]>(
      db.client,
      `select array_agg((bucket at time zone 'UTC')::text order by bucket) from gold.utc_months_1mo`,
    );
    expect(starts).toEqual([
      '2024-01-01 00:00:00',
      '2024-02-01 00:00:00',
      '2024-03-01 00:00:00',
      '2024-04-01 00:00:00',
    ]);
    await db.client.query('reset timezone');
  });
});
