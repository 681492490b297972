import { describe, expect, test } from 'vitest';
import { parseDefinitions } from '../../../infra/definition/parse';
import type { RollupDefinition } from '../../../infra/model/definition';
import { BASE, change } from './bad/base';

function specOf(text: string): RollupDefinition {
  const { definitions, errors } = parseDefinitions(text, 'a.yaml');
  expect(errors).toEqual([]);
  const definition = definitions[0]?.definition;
  if (!definition) throw new Error('no definition');
  return definition;
}

const SMALLEST = `apiVersion: tidemark/v1
name: s
source: { table: raw.s, time: at }
measures: { "*": [count] }
tiers: [{ every: 1 hour }]
`;

describe('a normalized definition', () => {
  test('has every value in its canonical form', () => {
    expect(specOf(BASE)).toEqual({
      name: 'sales',
      source: {
        table: { schema: 'raw', table: 'sales' },
        time: 'at',
        columns: [
          { name: 'at', type: 'timestamptz', nullable: false },
          { name: 'shop', type: 'text', nullable: true },
          { name: 'price', type: 'numeric', nullable: true },
          { name: 'paid', type: 'boolean', nullable: true },
        ],
        partition: { every: '1 month', retention: '2 years' },
        capture: 'statements',
      },
      dimensions: ['shop'],
      measures: [{ column: 'price', aggregates: ['count', 'sum'] }],
      tiers: [
        { every: '1 hour', timeZone: null, retention: '90 days', suffix: '1h' },
        { every: '1 day', timeZone: 'America/New_York', retention: null, suffix: '1d' },
      ],
      refresh: { schedule: '*/5 * * * *', lag: '1 minute' },
      onDelete: 'retain',
    });
  });

  test('has every default', () => {
    expect(specOf(SMALLEST)).toEqual({
      name: 's',
      source: {
        table: { schema: 'raw', table: 's' },
        time: 'at',
        columns: null,
        partition: null,
        capture: 'statements',
      },
      dimensions: [],
      measures: [{ column: '*', aggregates: ['count'] }],
      tiers: [{ every: '1 hour', timeZone: null, retention: null, suffix: '1h' }],
      refresh: { schedule: '* * * * *', lag: '1 minute' },
      onDelete: 'retain',
    });
  });

  const same: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    ['24 hours', [['every: 1 day', 'every: 24 hours']]],
    ['P1D', [['every: 1 day', 'every: P1D']]],
    ['another spelling of the zone', [['America/New_York', 'america/new_york']]],
    ['another order of aggregates', [['[count, sum]', '[sum, count]']]],
    [
      'another order of keys',
      [
        ['onDelete: retain\n', ''],
        ['name: sales', 'onDelete: retain\nname: sales'],
      ],
    ],
    ['folded and quoted table names', [['raw.sales', `'RAW."sales"'`]]],
    [
      'type aliases and case',
      [
        ['price: numeric', 'price: DECIMAL'],
        ['paid: boolean', 'paid: bool'],
      ],
    ],
    ['more spaces in the schedule', [['"*/5 * * * *"', '" */5  * * *   * "']]],
    [
      'for ever written out',
      [['timeZone: America/New_York', 'timeZone: America/New_York\n    retention: forever']],
    ],
    ['an anchor and an alias', [['retention: 2 years', 'retention: &two 24 months']]],
    ['defaults written out', [['  time: at', '  time: at\n  capture: statements']]],
    ['Windows line ends', [['name: sales\n', 'name: sales\r\n']]],
    ['a document start', [['apiVersion', '---\napiVersion']]],
    ['a byte order mark', [['apiVersion', '\uFEFFapiVersion']]],
  ];
  test.each(same)('is the same with %s', (_, changes) => {
    expect(specOf(change(changes))).toEqual(specOf(BASE));
  });

  test('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(specOf(BASE)))).toEqual(specOf(BASE));
  });
});

describe('a time zone', () => {
  const tier = (text: string) => specOf(SMALLEST.replace('{ every: 1 hour }', text)).tiers[0];

  test.each([
    ['{ every: 1 day }', null],
    ['{ every: 1 day, timeZone: UTC }', null],
    ['{ every: 1 week, timeZone: Etc/UTC }', null],
    ['{ every: 1 month }', 'UTC'],
    ['{ every: 1 year, timeZone: utc }', 'UTC'],
    ['{ every: 1 day, timeZone: Asia/Kolkata }', 'Asia/Kolkata'],
    ['{ every: 1 day, timeZone: asia/kolkata }', 'Asia/Kolkata'],
    ['{ every: 1 day, timeZone: EUROPE/BERLIN }', 'Europe/Berlin'],
    ['{ every: 1 day, timeZone: Etc/GMT+5 }', 'Etc/GMT+5'],
    ['{ every: 3 months, timeZone: Africa/Casablanca }', 'Africa/Casablanca'],
    ['{ every: 12 hours }', null],
  ])('of %s is %s', (text, zone) => {
    expect(tier(text)?.timeZone).toBe(zone);
  });
});
