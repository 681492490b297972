import fc from 'fast-check';
import { Duration } from 'luxon';
import { describe, expect, test } from 'vitest';
import { mixesMonths, readInterval, spanText } from '../../../infra/definition/interval';
import {
  compareIntervals,
  formatInterval,
  type Interval,
  intervalSuffix,
  isCalendar,
  longestMilliseconds,
  parseInterval,
  shortestMilliseconds,
} from '../../../infra/model/interval';

const MAX_MS = 365_000 * 86_400_000;
const fixed = fc
  .integer({ min: 0, max: MAX_MS })
  .map((milliseconds): Interval => ({ months: 0, milliseconds }));
const roundFixed = fc
  .tuple(
    fc.integer({ min: 1, max: 400 }),
    fc.constantFrom(1, 1000, 60_000, 3_600_000, 86_400_000, 604_800_000),
  )
  .map(([count, size]): Interval => ({ months: 0, milliseconds: count * size }));
const months = fc
  .integer({ min: 1, max: 12_000 })
  .map((count): Interval => ({ months: count, milliseconds: 0 }));
const intervals = fc.oneof(fixed, roundFixed, months);

describe('readInterval', () => {
  test.each([
    ['24 hours', '1 day'],
    ['1 day', '1 day'],
    ['P1D', '1 day'],
    ['PT24H', '1 day'],
    ['1day', '1 day'],
    [' 1  day ', '1 day'],
    ['86400 seconds', '1 day'],
    ['PT15M', '15 minutes'],
    ['PT0.5S', '500 milliseconds'],
    ['500 milliseconds', '500 milliseconds'],
    ['1500 milliseconds', '1500 milliseconds'],
    ['90 minutes', '90 minutes'],
    ['PT1H30M', '90 minutes'],
    ['7 days', '1 week'],
    ['P2W', '2 weeks'],
    ['90 days', '90 days'],
    ['365 days', '365 days'],
    ['12 months', '1 year'],
    ['P1Y6M', '18 months'],
    ['24 months', '2 years'],
    ['0 seconds', '0 seconds'],
    ['PT0S', '0 seconds'],
    ['1000 years', '1000 years'],
  ])('%s is %s', (written, canonical) => {
    expect(readInterval(written)).toBe(canonical);
  });

  test.each([
    ...[
      '',
      ' ',
      '1',
      'day',
      '1.5 days',
      '-1 day',
      '+1 day',
      '1 fortnight',
      '1 d',
      '15m',
      '1 Day',
      '1 day 2 hours',
    ],
    ...[
      'P',
      'PT',
      'P1M1D',
      '-P1D',
      'P-1D',
      'P0.5M',
      '1001 years',
      '999999999999999999 days',
      '1 day\n2',
      '1e3 days',
    ],
    ...['forever', 'P1X', 'infinity', '1 month; drop table x', "1 day'"],
  ])('refuses %j', (written) => {
    expect(readInterval(written)).toBeNull();
  });

  test('knows why a mix is refused', () => {
    expect(mixesMonths('P1M1D')).toBe(true);
    expect(mixesMonths('P1M')).toBe(false);
    expect(mixesMonths('1 month')).toBe(false);
  });
});

describe('canonical intervals', () => {
  test('are read back as the same length', () => {
    fc.assert(
      fc.property(intervals, (interval) => {
        expect(parseInterval(formatInterval(interval))).toEqual(interval);
      }),
    );
  });

  test('do not change when read again', () => {
    fc.assert(
      fc.property(intervals, (interval) => {
        const text = formatInterval(interval);
        expect(readInterval(text)).toBe(text);
      }),
    );
  });

  test('are one for words, ISO 8601 and every unit that divides', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (hours) => {
        const canonical = readInterval(`${hours} hours`);
        expect(readInterval(`${hours * 60} minutes`)).toBe(canonical);
        expect(readInterval(`${hours * 3_600_000} milliseconds`)).toBe(canonical);
        expect(readInterval(Duration.fromObject({ hours }).toISO() ?? '')).toBe(canonical);
        expect(readInterval(Duration.fromObject({ hours }).shiftTo('weeks', 'hours').toISO() ?? '')).toBe(
          canonical,
        );
      }),
    );
  });

  test('have different suffixes exactly when they differ', () => {
    fc.assert(
      fc.property(intervals, intervals, (a, b) => {
        const [x, y] = [formatInterval(a), formatInterval(b)];
        expect(intervalSuffix(x) === intervalSuffix(y)).toBe(x === y);
      }),
    );
  });

  test('have a total order that lengths agree with', () => {
    fc.assert(
      fc.property(intervals, intervals, intervals, (a, b, c) => {
        const [x, y, z] = [formatInterval(a), formatInterval(b), formatInterval(c)];
        expect(Math.sign(compareIntervals(x, y))).toBe(-Math.sign(compareIntervals(y, x)) + 0);
        expect(compareIntervals(x, y) === 0).toBe(x === y);
        if (compareIntervals(x, y) <= 0 && compareIntervals(y, z) <= 0) {
          expect(compareIntervals(x, z)).toBeLessThanOrEqual(0);
        }
        if (longestMilliseconds(a) < shortestMilliseconds(b)) expect(compareIntervals(x, y)).toBeLessThan(0);
      }),
    );
  });

  test('last between their shortest and longest', () => {
    const starts = fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(starts, fc.integer({ min: 1, max: 240 }), (date, count) => {
        const start = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
        const end = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1);
        const interval = { months: count, milliseconds: 0 };
        expect(end - start).toBeGreaterThanOrEqual(shortestMilliseconds(interval));
        expect(end - start).toBeLessThanOrEqual(longestMilliseconds(interval));
      }),
    );
  });

  test.each([
    ['500 milliseconds', '500ms'],
    ['30 seconds', '30s'],
    ['15 minutes', '15m'],
    ['1 hour', '1h'],
    ['1 day', '1d'],
    ['1 week', '1w'],
    ['1 month', '1mo'],
    ['1 year', '1y'],
    ['60 minutes', '1h'],
  ])('%s has the suffix %s', (text, suffix) => {
    expect(intervalSuffix(text)).toBe(suffix);
  });

  test('are of a calendar from one day on', () => {
    const calendar = ['1 day', '24 hours', '1 week', '1 month', '3 months', '1 year'];
    const fixedLength = ['1 hour', '12 hours', '2 days', '2 weeks', '500 milliseconds'];
    expect(calendar.filter(isCalendar)).toEqual(calendar);
    expect(fixedLength.filter(isCalendar)).toEqual([]);
  });

  test('throw on what they cannot be', () => {
    expect(() => parseInterval('soon')).toThrow(new RangeError('not an interval: "soon"'));
    expect(() => formatInterval({ months: 1, milliseconds: 1 })).toThrow(RangeError);
    expect(() => formatInterval({ months: 0, milliseconds: 0.5 })).toThrow(RangeError);
  });

  test('add up in messages', () => {
    expect(spanText({ months: 13, milliseconds: 90_061_001 })).toBe(
      '1 year 1 month 1 day 1 hour 1 minute 1 second 1 millisecond',
    );
    expect(spanText({ months: 0, milliseconds: 0 })).toBe('0 seconds');
  });
});
