import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import { tierLines } from '../../infra/cli/auditText';
import { counted, formatTime, humanDuration, printable, shorten } from '../../infra/cli/output';
import { reaches } from '../../infra/cli/status';
import { statusText } from '../../infra/cli/statusText';
import type { RollupStatus } from '../../infra/db/status';

const plain = createColors(false);

const one: RollupStatus = {
  name: 'flight_delays',
  status: 'OK',
  reason: null,
  lag: 0,
  backfill: 1,
  backfillRemaining: null,
  dirtyKeys: 0,
  lateRows: 0,
  rowsLastHour: 0,
  averageDuration: null,
  sealedChanges: 0,
  attempt: 0,
  nextAttemptAt: null,
  lastError: null,
  lastErrorAt: null,
  lastSuccessAt: null,
  sinceSuccess: null,
  partitionsUntil: null,
};

describe('humanDuration', () => {
  it.each([
    [0, '0 s'],
    [0.0004, '1 ms'],
    [0.25, '250 ms'],
    [1.44, '1.4 s'],
    [9.99, '10 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [3725, '1 h 2 min'],
    [86_400, '1 d'],
    [90_061, '1 d 1 h'],
    [-5, '-5 s'],
  ])('%d s is %s', (seconds, text) => expect(humanDuration(seconds)).toBe(text));
});

describe('small texts', () => {
  it('are the same on every machine', () => {
    expect(counted(1, 'key')).toBe('1 key');
    expect(counted(1_234_567, 'key')).toBe('1,234,567 keys');
    expect(shorten('abcdef', 4)).toBe('abc…');
    expect(printable('a\x1b[31mb')).toBe('a\ufffd[31mb');
    expect(formatTime('2026-01-01 06:00:00+00 to 2026-01-01 06:00:01.5+00')).toBe(
      '2026-01-01 06:00 UTC to 2026-01-01 06:00:01.5 UTC',
    );
  });
});

describe('the status table', () => {
  it('fits 100 columns with long names and large numbers', () => {
    const large = {
      ...one,
      name: 'a_rollup_with_a_name_of_the_greatest_length_that_there_can_be',
      status: 'WARNING' as const,
      backfill: 0.1234,
      backfillRemaining: 90_061,
      lag: 7_000_000,
      dirtyKeys: 12_345_678,
      rowsLastHour: 123_456_789,
      sinceSuccess: 90_061,
    };
    const lines = statusText([one, large], plain).split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    expect(lines[2]).toContain('12.3 %, 1 d 1 h to go');
  });

  it('gives reasons below, and a sentence where there is nothing', () => {
    const failed = {
      ...one,
      status: 'ALERT' as const,
      reason: 'it failed',
      attempt: 3,
      nextAttemptAt: '2026-01-01 06:00:00+00',
    };
    expect(statusText([failed], plain)).toMatch(
      /\nflight_delays: it failed\nflight_delays: attempt 3 failed, the next is due at 2026-01-01 06:00 UTC$/,
    );
    expect(statusText([], plain)).toBe('No rollup is deployed in this database.');
  });

  it.each([
    ['OK', [false, false]],
    ['RUNNING', [false, false]],
    ['WARNING', [true, false]],
    ['ALERT', [true, true]],
  ] as const)('%s reaches warning, alert: %j', (status, expected) => {
    const all = [{ ...one, status }];
    expect([reaches(all, 'WARNING'), reaches(all, 'ALERT')]).toEqual(expected);
  });
});

describe('a tier that differs', () => {
  it('is shown without what a terminal would obey, and tells how many keys are left out', () => {
    const lines = tierLines(
      {
        tier: '1h',
        view: 'gold.x_1h',
        goldRows: 2,
        sourceRows: 3,
        differences: 5,
        shown: [{ kind: 'missing', key: { bucket: '2026-01-01 06:00:00+00', k: 'a\x1b[2J' }, columns: [] }],
        exempt: ['buckets before 2025-01-01 00:00:00+00: this tier keeps 1 year'],
        seconds: 1,
      },
      plain,
    ).join('\n');
    expect(lines).not.toContain('\x1b');
    expect(lines).toContain('DIFFERS  gold.x_1h  2 rows in gold, 3 rows in the source, 5 keys differ  1 s');
    expect(lines).toContain('not compared: buckets before 2025-01-01 00:00 UTC: this tier keeps 1 year');
    expect(lines).toMatch(/2026-01-01 06:00 UTC +a�\[2J +no such row +a row/);
    expect(lines).toContain('and 4 keys more (--limit)');
  });
});
