/** Which bucket lengths can be tiers, and which tiers nest in which. */

import type { IntervalText } from '../model/definition';
import { DAY, formatInterval, type Interval, isCalendar, parseInterval, WEEK } from '../model/interval';
import { interval, spanText } from './interval';
import { canonicalZone, offsetGrain, offsetText, sameZone, zoneOffsets } from './timeZone';

/** One tier's buckets: their canonical length and, for calendar lengths, their zone. */
export interface Grain {
  readonly every: IntervalText;
  /** UTC for every length that is not of a calendar, and where no zone is given. */
  readonly zone: string;
}

/** Reads a tier's grain from values that the schema has accepted. */
export function grainOf(tier: { readonly every: string; readonly timeZone?: string | undefined }): Grain {
  const every = interval(tier.every);
  const zone = isCalendar(every) && tier.timeZone ? canonicalZone(tier.timeZone) : null;
  return { every, zone: zone ?? 'UTC' };
}

const MONTHS = [1, 2, 3, 4, 6, 12];

/** What a tier's length must be, when it is not. */
export function lengthProblem(every: IntervalText): string | null {
  const { months, milliseconds } = parseInterval(every);
  if (months > 0)
    return MONTHS.includes(months) ? null : '1, 2, 3, 4 or 6 months or 1 year, which divide a year';
  return milliseconds <= WEEK ? null : 'at most 1 week, or 1, 2, 3, 4 or 6 months, or 1 year';
}

/** Why two tiers do not nest: the key to blame, and the rest of the sentence `<key> is <value>, …`. */
export interface Misfit {
  readonly key: 'every' | 'timeZone';
  readonly why: string;
}

/** Why the buckets of `coarse` are not made of whole buckets of `fine`, the tier before it; null when they are. */
export function misfit(fine: Grain, coarse: Grain): Misfit | null {
  const [f, c] = [parseInterval(fine.every), parseInterval(coarse.every)];
  const before = `the ${fine.every} of the tier before it`;
  if (c.months > 0 && f.milliseconds === WEEK) {
    return {
      key: 'every',
      why: `which is not made of whole weeks, the length of the tier before it; use 1 day there`,
    };
  }
  if (c.months > 0 && DAY % f.milliseconds > 0) {
    return {
      key: 'every',
      why: `whose days are not a multiple of ${before}; use a length there that divides 1 day`,
    };
  }
  if (c.months % Math.max(1, f.months) > 0 || c.milliseconds % Math.max(1, f.milliseconds) > 0) {
    return { key: 'every', why: `which is not a multiple of ${before}${example(f)}` };
  }
  if (isCalendar(fine.every)) return sameZone(fine.zone, coarse.zone) ? null : otherZone(fine, coarse);
  return offsetMisfit(fine, coarse);
}

/** The nearest length that would do. */
function example({ months, milliseconds }: Interval): string {
  const multiple = {
    months: MONTHS.find((length) => length > months && length % months === 0) ?? 0,
    milliseconds: milliseconds * 2,
  };
  const known = months > 0 ? multiple.months > 0 : multiple.milliseconds <= WEEK;
  return known ? `; it must be one, such as "${formatInterval(multiple)}"` : '';
}

function otherZone(fine: Grain, coarse: Grain): Misfit {
  const before = `but the ${fine.every} of the tier before it is counted in ${fine.zone}`;
  if (isCalendar(coarse.every)) {
    return {
      key: 'timeZone',
      why: `so ${coarse.every} is counted in ${coarse.zone}, ${before}; both must be in one zone`,
    };
  }
  return {
    key: 'every',
    why: `a fixed length counted in UTC, ${before}; use 1 week, months or 1 year in that zone`,
  };
}

function offsetMisfit(fine: Grain, coarse: Grain): Misfit | null {
  const step = parseInterval(fine.every).milliseconds;
  const offset = zoneOffsets(coarse.zone).find((candidate) => candidate % step !== 0);
  if (offset === undefined) return null;
  const largest = spanText({ months: 0, milliseconds: offsetGrain(coarse.zone) });
  const why =
    `whose offset ${offsetText(offset)} is not a multiple of the ${fine.every} of the tier before it; ` +
    `use ${largest} or a divisor of it there`;
  return { key: 'timeZone', why };
}
