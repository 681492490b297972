/** Intervals as people write them: `24 hours`, `1 day` and `P1D` are one value. */
import { Duration } from 'luxon';
import type { IntervalText } from '../model/definition';
import { formatInterval, type Interval, isInterval, parseInterval } from '../model/interval';

/** What an interval may look like, for messages. */
export const INTERVAL_FORMS =
  'one whole number of milliseconds, seconds, minutes, hours, days, weeks, months or years up to 1000 years, ' +
  'such as "15 minutes", or an ISO 8601 duration such as PT15M';

/** For editors, which take a regular expression only; readInterval() is the judge. */
export const INTERVAL_PATTERN = (() => {
  const words = '[0-9]+\\s*(?:milliseconds?|seconds?|minutes?|hours?|days?|weeks?|months?|years?)';
  const each = (units: string) => [...units].map((unit) => `(?:[0-9]+(?:[.,][0-9]+)?${unit})?`).join('');
  return `^\\s*(?:${words}|P(?=[0-9T])${each('YMWD')}(?:T(?=[0-9])${each('HMS')})?)\\s*$`;
})();

function fromIso(text: string): Interval | null {
  const duration = Duration.fromISO(text);
  // `P` and `PT` are valid to luxon but name no length.
  if (!duration.isValid || Object.keys(duration.toObject()).length === 0) return null;
  const { years, months, weeks, days, hours, minutes, seconds, milliseconds } = duration;
  const fixed = Duration.fromObject({ weeks, days, hours, minutes, seconds, milliseconds });
  return { months: years * 12 + months, milliseconds: fixed.toMillis() };
}

function fromWords(text: string): Interval | null {
  try {
    return parseInterval(text);
  } catch {
    return null;
  }
}

/** The canonical text, or null when the text is no interval that Tidemark can keep exactly. */
export function readInterval(text: string): IntervalText | null {
  const trimmed = text.trim();
  const interval = trimmed.startsWith('P') ? fromIso(trimmed) : fromWords(trimmed);
  return interval && isInterval(interval) ? formatInterval(interval) : null;
}

/** Like readInterval(), for text that the schema has already accepted. */
export function interval(text: string): IntervalText {
  const canonical = readInterval(text);
  if (canonical === null) throw new RangeError(`not an interval: ${JSON.stringify(text)}`);
  return canonical;
}

/** Whether an ISO duration mixes months or years with shorter units: such a sum has no one unit. */
export function mixesMonths(text: string): boolean {
  const parsed = text.trim().startsWith('P') ? fromIso(text.trim()) : null;
  return parsed !== null && parsed.months !== 0 && parsed.milliseconds !== 0;
}

/** A sum of intervals for messages: `1 year 1 month 1 hour`. */
export function spanText(span: Interval): string {
  const { days, hours, minutes, seconds, milliseconds } = Duration.fromMillis(span.milliseconds).shiftTo(
    'days',
    'hours',
    'minutes',
    'seconds',
    'milliseconds',
  );
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(span.months / 12), 'year'],
    [span.months % 12, 'month'],
    [days, 'day'],
    [hours, 'hour'],
    [minutes, 'minute'],
    [seconds, 'second'],
    [milliseconds, 'millisecond'],
  ];
  const named = parts.filter(([count]) => count > 0);
  return named.map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`).join(' ') || '0 seconds';
}
