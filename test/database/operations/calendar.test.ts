import { describe, expect, it } from 'vitest';
import { bucketSql } from '../../../infra/compile/buckets';
import { tier, useDatabase } from '../../helpers/fixture';

const db = useDatabase();

/** Times of a century, an odd number of seconds apart, so that they meet every hour of the day and every change of clocks. */
const TIMES = `select timestamptz '1970-01-01 00:00:00+00' + n * interval '1003 hours 59 minutes 59 seconds' as t
  from generate_series(0, 900) n`;

describe('the rules of a calendar are the same wherever they are written', () => {
  const lengths = ['1 day', '1 week', '1 month', '3 months', '6 months', '1 year'];
  const zones = [
    'UTC',
    'America/New_York',
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'America/Havana',
    'Asia/Kolkata',
  ];

  it.each(zones.flatMap((zone) => lengths.map((every) => [every, zone] as const)))(
    'rollup.time_bucket finds the bucket of tiers of %s in %s',
    async (every, zone) => {
      const bucket = bucketSql(tier(every, 'x', zone));
      const found = await db.client.query(
        `select t, ${bucket.start('t')} as tier, rollup.time_bucket('${every}', t, '${zone}') as called from (${TIMES}) x
          where ${bucket.start('t')} is distinct from rollup.time_bucket('${every}', t, '${zone}')
             or t < ${bucket.start('t')} or t >= ${bucket.end(bucket.start('t'))}`,
      );
      expect(found.rows).toEqual([]);
    },
  );

  it.each(['1 second', '15 minutes', '1 hour', '6 hours'])(
    'rollup.time_bucket finds the bucket of tiers of %s',
    async (every) => {
      const bucket = bucketSql(tier(every, 'x'));
      const found = await db.client.query(
        `select t from (${TIMES}) x where ${bucket.start('t')} is distinct from rollup.time_bucket('${every}', t)`,
      );
      expect(found.rows).toEqual([]);
    },
  );

  it.each(['1 hour', '1 day', '1 week', '1 month', '3 months', '1 year'])(
    'partitions of %s begin where buckets of that length do in UTC',
    async (every) => {
      const bucket = bucketSql(tier(every, 'x', /hour|day|week/.test(every) ? null : 'UTC'));
      const found = await db.client.query(
        `select t from (${TIMES}) x where ${bucket.start('t')} is distinct from rollup.partman_start('${every}', t)`,
      );
      expect(found.rows).toEqual([]);
    },
  );
});
