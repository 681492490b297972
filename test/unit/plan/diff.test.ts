import { describe, expect, test } from 'vitest';
import type { RollupDefinition } from '../../../infra/model/definition';
import { diff, refusal } from '../../../infra/plan/diff';
import { wide } from '../compile/definitions';

const tier = (index: number, change: Partial<RollupDefinition['tiers'][number]>): RollupDefinition => ({
  ...wide,
  tiers: wide.tiers.map((t, i) => (i === index ? { ...t, ...change } : t)),
});

describe('diff of two definitions', () => {
  test('of equal ones is empty', () => {
    expect(diff(wide, structuredClone(wide))).toEqual([]);
  });

  test.each<[string, RollupDefinition, string, string | null]>([
    [
      'schedule',
      { ...wide, refresh: { ...wide.refresh, schedule: '*/5 * * * *' } },
      'refresh.schedule',
      null,
    ],
    ['lag', { ...wide, refresh: { ...wide.refresh, lag: '2 minutes' } }, 'refresh.lag', null],
    ['onDelete', { ...wide, onDelete: 'drop' }, 'onDelete', null],
    ['longer retention', tier(0, { retention: '60 days' }), 'tiers.15m.retention', null],
    ['retention for ever', tier(0, { retention: null }), 'tiers.15m.retention', null],
    ['shorter retention', tier(0, { retention: '29 days' }), 'tiers.15m.retention', 'data-loss'],
    ['retention where there was none', tier(1, { retention: '10 years' }), 'tiers.1d.retention', 'data-loss'],
    ['time zone', tier(1, { timeZone: 'Europe/Paris' }), 'tiers.1d.timeZone', 'rebuild'],
    ['dimension removed', { ...wide, dimensions: ['site'] }, 'dimensions', 'rebuild'],
    [
      'dimensions in another order',
      { ...wide, dimensions: [...wide.dimensions].reverse() },
      'dimensions',
      'rebuild',
    ],
    ['measure removed', { ...wide, measures: wide.measures.slice(1) }, 'measures.*.count', 'data-loss'],
    ['tier removed', { ...wide, tiers: wide.tiers.slice(0, 2) }, 'tiers.1mo', 'data-loss'],
    ['time column', { ...wide, source: { ...wide.source, time: 'other' } }, 'source.time', 'rebuild'],
    ['capture', { ...wide, source: { ...wide.source, capture: 'rows' } }, 'source.capture', 'rebuild'],
  ])('%s', (_, desired, path, hazard) => {
    expect(diff(wide, desired).map((c) => [c.path, c.hazard])).toEqual([[path, hazard]]);
  });

  test('refuses hazards in one sentence and nothing else', () => {
    expect(
      refusal('meters', diff(wide, { ...wide, refresh: { ...wide.refresh, lag: '5 minutes' } })),
    ).toBeNull();
    expect(
      refusal('meters', diff(wide, { ...tier(0, { retention: '29 days' }), dimensions: ['site'] })),
    ).toBe(
      'Rollup "meters" cannot be changed in place: dimensions from ["site","Phase \\"n\\""] to ["site"] (rebuild); ' +
        'tiers.15m.retention from 30 days to 29 days (data-loss). Nothing was changed.',
    );
  });
});
