import type { TierDefinition } from '../model/definition';
import { parseInterval } from '../model/interval';
import { quoteLiteral } from '../model/names';

/** SQL of one tier's buckets: half-open, `start(t) <= t < end(start(t))`. */
export interface BucketSql {
  /** Start of the bucket that holds the time expression `t`. */
  start(t: string): string;
  /** What all times of one bucket, and no others, share: `startOf(key(t))` is `start(t)`, which costs many times as much. */
  key(t: string): string;
  startOf(key: string): string;
  /** End of the bucket that starts at `b`, which is a bucket start. */
  end(b: string): string;
  /** The first bucket boundary at or after `t`. */
  ceiling(t: string): string;
}

/** A Monday at midnight UTC, so that weeks start on Mondays. */
const ORIGIN = "timestamptz '2000-01-03 00:00:00+00'";
const DAY = 86_400_000;

/** Bucket expressions of a tier: `date_bin` for fixed lengths, local calendar boundaries for a time zone or months. */
export function bucketSql(tier: TierDefinition): BucketSql {
  const { months, milliseconds } = parseInterval(tier.every);
  const pair =
    months === 0 && tier.timeZone === null
      ? fixedBucket(milliseconds)
      : calendarBucket(months, milliseconds, tier.timeZone ?? 'UTC');
  return {
    ...pair,
    ceiling: (t) => `case when ${pair.start(t)} = ${t} then ${t} else ${pair.end(pair.start(t))} end`,
  };
}

function fixedBucket(milliseconds: number): Omit<BucketSql, 'ceiling'> {
  // In seconds on purpose: an interval in days would follow the session's time zone when added to a timestamptz.
  const length = `interval '${milliseconds / 1000} seconds'`;
  const start = (t: string) => `date_bin(${length}, ${t}, ${ORIGIN})`;
  return { start, key: start, startOf: (key) => key, end: (b) => `${b} + ${length}` };
}

function calendarBucket(months: number, milliseconds: number, zone: string): Omit<BucketSql, 'ceiling'> {
  const zoneText = quoteLiteral(zone);
  const local = (t: string) => `timezone(${zoneText}, ${t})`;
  const instant = (l: string) => `rollup.calendar_start(${l}, ${zoneText})`;
  const step = months > 0 ? `interval '${months} months'` : `interval '${milliseconds / DAY} days'`;
  const truncated = (l: string): string => {
    if (months === 0) return `date_trunc('${milliseconds === DAY ? 'day' : 'week'}', ${l})`;
    if (months === 1) return `date_trunc('month', ${l})`;
    if (months === 3) return `date_trunc('quarter', ${l})`;
    if (months === 12) return `date_trunc('year', ${l})`;
    return `date_trunc('month', ${l}) - ((extract(month from ${l})::integer - 1) % ${months}) * interval '1 month'`;
  };
  const key = (t: string) => truncated(local(t));
  return {
    start: (t) => instant(key(t)),
    // A wall clock: two of them start at one instant only if a zone skips a whole day, and then the earlier one has no times.
    key,
    startOf: instant,
    end: (b) => instant(`${truncated(local(b))} + ${step}`),
  };
}
