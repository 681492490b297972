/**
 * Canonical intervals: one whole number and one unit, the largest that divides it (`24 hours` is `1 day`,
 * `7 days` is `1 week`, `12 months` is `1 year`). The text is a valid PostgreSQL interval literal.
 * Months have no fixed length, so they are kept apart from milliseconds and the two are never mixed.
 */
import type { IntervalText } from './definition';

export interface Interval {
  readonly months: number;
  readonly milliseconds: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;

/** Largest first: the first unit that divides a length is its unit. */
const FIXED_UNITS = [
  ['week', 'w', WEEK],
  ['day', 'd', DAY],
  ['hour', 'h', HOUR],
  ['minute', 'm', MINUTE],
  ['second', 's', SECOND],
  ['millisecond', 'ms', 1],
] as const;

const MONTH_UNITS = [
  ['year', 'y', 12],
  ['month', 'mo', 1],
] as const;

/** A thousand years: far past any use, and far below what PostgreSQL's interval and exact numbers hold. */
const MAX_MONTHS = 12_000;
const MAX_MILLISECONDS = 365_000 * DAY;

function unitOf(interval: Interval): { name: string; short: string; count: number } {
  const units = interval.months > 0 ? MONTH_UNITS : FIXED_UNITS;
  const length = interval.months > 0 ? interval.months : interval.milliseconds;
  for (const [name, short, size] of units) {
    if (length > 0 && length % size === 0) return { name, short, count: length / size };
  }
  return { name: 'second', short: 's', count: 0 };
}

/** Whether the lengths are whole, in range, and not months and milliseconds at once. */
export function isInterval(interval: Interval): boolean {
  const { months, milliseconds } = interval;
  const whole = Number.isSafeInteger(months) && Number.isSafeInteger(milliseconds);
  const inRange =
    months >= 0 && months <= MAX_MONTHS && milliseconds >= 0 && milliseconds <= MAX_MILLISECONDS;
  return whole && inRange && (months === 0 || milliseconds === 0);
}

/** The canonical text of an interval, such as `1 hour`, `90 days` or `0 seconds`. */
export function formatInterval(interval: Interval): IntervalText {
  if (!isInterval(interval)) {
    throw new RangeError(`no canonical text for ${interval.months} months and ${interval.milliseconds} ms`);
  }
  const { name, count } = unitOf(interval);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

const TEXT = /^(\d{1,15})\s*(millisecond|second|minute|hour|day|week|month|year)s?$/;

/**
 * Reads one whole number and one unit (`15 minutes`, `1 month`); not necessarily canonical.
 * Throws a RangeError on anything else: text from users goes through `definition/interval.ts` first.
 */
export function parseInterval(text: IntervalText): Interval {
  const match = TEXT.exec(text.trim());
  const count = Number(match?.[1]);
  const unit = match?.[2];
  const months = MONTH_UNITS.find(([name]) => name === unit);
  const fixed = FIXED_UNITS.find(([name]) => name === unit);
  const interval = { months: months ? count * months[2] : 0, milliseconds: fixed ? count * fixed[2] : 0 };
  if (!match || !isInterval(interval)) throw new RangeError(`not an interval: ${JSON.stringify(text)}`);
  return interval;
}

/** The shortest time an interval can last: a month counts 28 days, a year 365. */
export function shortestMilliseconds({ months, milliseconds }: Interval): number {
  return (Math.floor(months / 12) * 365 + (months % 12) * 28) * DAY + milliseconds;
}

/** The longest time an interval can last: a month counts 31 days, a year 366. */
export function longestMilliseconds({ months, milliseconds }: Interval): number {
  return (Math.floor(months / 12) * 366 + (months % 12) * 31) * DAY + milliseconds;
}

/**
 * A total order by length, negative when `a` is the shorter; a month counts as a twelfth of an average
 * Gregorian year, so no count of days or weeks ever equals one.
 */
export function compareIntervals(a: IntervalText, b: IntervalText): number {
  const MONTH = 2_629_746_000;
  const [left, right] = [parseInterval(a), parseInterval(b)];
  const byLength = left.months * MONTH + left.milliseconds - (right.months * MONTH + right.milliseconds);
  return byLength || left.months - right.months;
}

/** The short name of a grain: `500ms`, `30s`, `15m`, `1h`, `1d`, `1w`, `1mo`, `1y`. */
export function intervalSuffix(text: IntervalText): string {
  const { short, count } = unitOf(parseInterval(text));
  return `${count}${short}`;
}

/** Whether buckets of this length follow the calendar of a time zone: 1 day, 1 week, months and years. */
export function isCalendar(text: IntervalText): boolean {
  const { months, milliseconds } = parseInterval(text);
  return months > 0 || milliseconds === DAY || milliseconds === WEEK;
}
