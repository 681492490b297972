import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Grain, misfit } from '../../../infra/definition/grain';
import {
  canonicalZone,
  offsetGrain,
  offsetText,
  sameZone,
  zoneOffsets,
} from '../../../infra/definition/timeZone';

const grain = (text: string): Grain => {
  const [every = '', zone = 'UTC'] = text.split(' in ');
  return { every, zone };
};

describe('tiers nest', () => {
  test.each([
    ['1 second', '1 minute'],
    ['15 minutes', '1 hour'],
    ['1 hour', '1 day'],
    ['1 day', '1 week'],
    ['84 hours', '1 week'],
    ['1 day', '2 days'],
    ['1 day', '1 month'],
    ['8 hours', '1 month'],
    ['1 month', '3 months'],
    ['4 months', '1 year'],
    ['1 hour', '1 day in America/New_York'],
    ['30 minutes', '1 day in Asia/Kolkata'],
    ['15 minutes', '1 day in Asia/Kathmandu'],
    ['30 minutes', '1 month in Australia/Lord_Howe'],
    ['1 day in Europe/Berlin', '1 week in Europe/Berlin'],
    ['1 day in Asia/Kolkata', '1 month in Asia/Calcutta'],
  ])('%s into %s', (fine, coarse) => {
    expect(misfit(grain(fine), grain(coarse))).toBeNull();
  });

  test.each([
    ['1 hour', '1 day in Asia/Kolkata', 'timeZone'],
    ['1 hour', '1 month in Australia/Lord_Howe', 'timeZone'],
    ['30 minutes', '1 day in Asia/Kathmandu', 'timeZone'],
    ['12 hours', '1 day in America/New_York', 'timeZone'],
    ['1 day', '1 day in America/New_York', 'timeZone'],
    ['1 day in Europe/Berlin', '1 week', 'timeZone'],
    ['1 week', '1 month', 'every'],
    ['2 days', '1 month', 'every'],
    ['2 months', '3 months', 'every'],
    ['5 hours', '1 day', 'every'],
    ['1 day in Europe/Berlin', '2 days', 'every'],
  ])('%s not into %s: the fault of %s', (fine, coarse, key) => {
    expect(misfit(grain(fine), grain(coarse))?.key).toBe(key);
  });

  test('fixed lengths exactly when one divides the other', () => {
    const seconds = fc.integer({ min: 1, max: 3000 });
    fc.assert(
      fc.property(seconds, seconds, (a, b) => {
        const fits = misfit(grain(`${a} seconds`), grain(`${b} seconds`)) === null;
        expect(fits).toBe(b % a === 0);
      }),
    );
  });

  test('in a zone above the largest grain of its offsets', () => {
    // Every tenth zone: sampling the offsets of one takes about 25 ms.
    for (const zone of Intl.supportedValuesOf('timeZone').filter((_, index) => index % 10 === 0)) {
      const seconds = offsetGrain(zone) / 1000;
      expect(86_400 % seconds).toBe(0);
      const fine = seconds === 86_400 ? '12 hours' : `${seconds} seconds`;
      expect(misfit(grain(fine), grain(`1 day in ${zone}`)), zone).toBeNull();
      expect(canonicalZone(zone.toLowerCase()), zone).toBe(zone.includes('/') ? zone : null);
    }
  });
});

describe('time zones', () => {
  test('have all their offsets since 1970', () => {
    expect(zoneOffsets('America/New_York').map(offsetText)).toEqual(['-05:00', '-04:00']);
    expect(zoneOffsets('Asia/Kolkata').map(offsetText)).toEqual(['+05:30']);
    expect(zoneOffsets('Africa/Monrovia').map(offsetText)).toEqual(['-00:44:30', '+00:00']);
  });

  test('are compared by what they mean', () => {
    expect(sameZone('Asia/Calcutta', 'Asia/Kolkata')).toBe(true);
    expect(sameZone('Europe/Berlin', 'Europe/Paris')).toBe(false);
  });

  test.each([
    'CET',
    'EST',
    'Japan',
    '+05:30',
    'UTC+1',
    '',
    'Mars/Olympus',
    'Europe/Berlin ',
    'Europe/../etc',
    "a/b'",
  ])('refuse %j', (name) => {
    expect(canonicalZone(name)).toBeNull();
  });
});
