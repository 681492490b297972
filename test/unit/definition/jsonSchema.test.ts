import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JSON_SCHEMA_FILE, jsonSchemaText } from '../../../infra/definition/jsonSchema';
import { parseDefinitions } from '../../../infra/definition/parse';
import { change } from './bad/base';

const ROOT = join(__dirname, '../../..');

test('the committed JSON Schema is the generated one (npm run build && node dist/infra/definition/jsonSchema.js)', () => {
  expect(readFileSync(join(ROOT, JSON_SCHEMA_FILE), 'utf8')).toBe(jsonSchemaText());
});

/** Every object that describes a key: the values of all `properties`. */
function described(schema: unknown, path: string): readonly (readonly [string, unknown])[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    const at = `${path}/${key}`;
    const below = described(value, at);
    if (!path.endsWith('/properties')) return below;
    const description: unknown = 'description' in value ? value.description : undefined;
    return [[at, description] as const, ...below];
  });
}

test('every key has a description, for editors', () => {
  const keys = described(JSON.parse(jsonSchemaText()), '');
  expect(keys.length).toBeGreaterThanOrEqual(20);
  expect(keys.filter(([, description]) => typeof description !== 'string')).toEqual([]);
});

interface Text {
  readonly pattern?: string;
  readonly examples?: readonly string[];
}
interface Node {
  readonly properties?: Readonly<Record<string, Node & Text>>;
  readonly items?: Node & Text;
  readonly additionalProperties?: Node & Text;
}
const SCHEMA = JSON.parse(jsonSchemaText()) as { readonly properties: Readonly<Record<string, Node & Text>> };
const { name, source, dimensions, tiers, refresh } = SCHEMA.properties;
const tier = tiers?.items?.properties ?? {};

/** What editors judge by, and the definition with one value in that place. */
const PLACES: readonly (readonly [string, Text | undefined, (value: string) => string])[] = [
  ['name', name, (value) => change([['name: sales', `name: ${value}`]])],
  ['source.table', source?.properties?.['table'], (value) => change([['raw.sales', value]])],
  [
    'source.columns',
    source?.properties?.['columns']?.additionalProperties,
    (value) => change([['paid: boolean', `paid: ${value}`]]),
  ],
  [
    'dimensions',
    dimensions?.items,
    (value) =>
      change([
        ['[shop]', `[shop, ${value}]`],
        ['shop: text', `shop: text\n    ${value}: text`],
      ]),
  ],
  ['every', tier['every'], (value) => change([['every: 1 hour', `every: ${value}`]])],
  ['timeZone', tier['timeZone'], (value) => change([['America/New_York', value]])],
  ['retention', tier['retention'], (value) => change([['retention: 90 days', `retention: ${value}`]])],
  ['schedule', refresh?.properties?.['schedule'], (value) => change([['"*/5 * * * *"', value]])],
  ['lag', refresh?.properties?.['lag'], (value) => change([['lag: 1 minute', `lag: ${value}`]])],
];

test.each(PLACES)(
  '%s: what editors propose is valid, and what a pattern can tell is refused by it',
  (place, text, write) => {
    if (text?.pattern === undefined) throw new Error(`${place} has no pattern`);
    const pattern = new RegExp(text.pattern, 'u');
    const judge = (value: string) => ({
      editor: pattern.test(value),
      tidemark: parseDefinitions(write(JSON.stringify(value)), 'a.yaml').errors.length === 0,
    });
    if (place !== 'dimensions' && place !== 'source.columns')
      expect(text.examples?.length).toBeGreaterThan(0);
    for (const example of text.examples ?? []) {
      // Not every length of a bucket divides the day of the next tier.
      const { editor } = judge(example);
      expect({ example, editor }).toEqual({ example, editor: true });
    }
    for (const good of GOOD[place] ?? [])
      expect({ good, ...judge(good) }).toEqual({ good, editor: true, tidemark: true });
    for (const bad of BAD[place] ?? [])
      expect({ bad, ...judge(bad) }).toEqual({ bad, editor: false, tidemark: false });
  },
);

const GOOD: Readonly<Record<string, readonly string[]>> = {
  name: ['sales', 'ranges', 'a1_b'],
  'source.table': [
    'raw.sales',
    'RAW.Sales',
    '"My Schema"."a""b"',
    'raw.größe',
    'goldmine.x',
    'public.rollup',
  ],
  'source.columns': [
    'boolean',
    'BOOL',
    ' Double  Precision NOT  NULL ',
    'timestamp with time zone',
    'int4 not null',
  ],
  dimensions: ['größe', 'a b'],
  every: ['15 minutes', 'PT15M', 'PT0.5H', ' 1 hour '],
  timeZone: ['utc', 'europe/berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'],
  retention: ['forever', '13 months', 'P1Y', 'P90D'],
  schedule: ['0 */2 * * mon-fri', '1 SECOND', '59 seconds', ' 0,30 1-5/2 1 JAN * '],
  lag: ['0 seconds', 'PT1M', '1 day'],
};
const BAD: Readonly<Record<string, readonly string[]>> = {
  name: ['Sales', '1a', 'range', 'a-b', ''],
  'source.table': [
    'sales',
    'a.b.c',
    'gold.x',
    'pg_catalog.pg_class',
    'raw.',
    'raw.my sales',
    '"silver".x',
    'cron.job',
  ],
  'source.columns': ['bigit', 'text null', 'varchar(10)', 'numeric(10,2)', 'text notnull'],
  dimensions: ['', 'a\u0001b'],
  every: ['1 our', '1.5 hours', 'hour', '-1 hour', 'P', 'PT', 'P1H', '1 hour 30 minutes', 'forever'],
  timeZone: ['Berlin', 'CET', 'Europe/', 'Europe /Berlin', '+01:00'],
  retention: ['for ever', 'none', '90', 'P90', 'P1S'],
  schedule: ['* * * *', '@daily', '*/5 * * * * *', '0 seconds', '60 seconds', 'every minute', '5/10 * * * *'],
  lag: ['soon', '1 minutes ago'],
};
