import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RollupDefinition, TierDefinition } from '../../../infra/model/definition';
import { diff } from '../../../infra/plan/diff';
import { changesTable, FIELDS } from '../../../infra/plan/fields';
import type { Rules } from '../../../infra/plan/rule';
import { wide } from '../compile/definitions';

const { onDelete, ...others } = FIELDS;
// @ts-expect-error a definition's field without a rule does not compile
const lacking: Rules<RollupDefinition> = others;
// @ts-expect-error nor does one of its source's
const lackingSource: Rules<RollupDefinition['source']> = { table: FIELDS.name };
// @ts-expect-error nor one of its tiers'
const lackingTier: Rules<TierDefinition & { readonly fresh: boolean }> = {} as Rules<TierDefinition>;
// @ts-expect-error nor a rule for what is no field
const toomuch: Rules<RollupDefinition> = { ...others, onDelete, more: onDelete };

/** A definition in which nothing is null. */
const full: RollupDefinition = {
  ...wide,
  source: {
    ...wide.source,
    columns: [{ name: 'Read At', type: 'timestamptz', nullable: false }],
    partition: { every: '1 month', retention: '2 years' },
  },
};

/** Every copy of a value in which one leaf differs, with the path of the leaf. */
function* mutants(item: unknown, path = ''): Iterable<readonly [path: string, mutant: unknown]> {
  if (typeof item === 'object' && item !== null) {
    for (const [key, member] of Object.entries(item)) {
      for (const [at, mutant] of mutants(member, path === '' ? key : `${path}.${key}`)) {
        yield [at, Array.isArray(item) ? item.with(Number(key), mutant) : { ...item, [key]: mutant }];
      }
    }
  } else if (path.endsWith('retention') || path.endsWith('lag')) yield [path, '7 years'];
  else yield [path, typeof item === 'boolean' ? !item : `${item ?? ''}x`];
}

describe('the rules of the fields', () => {
  test('are one for each field', () => {
    expect([lacking, lackingSource, lackingTier, toomuch].every((rules) => typeof rules === 'object')).toBe(
      true,
    );
    expect(Object.keys(FIELDS)).toEqual(Object.keys(wide));
  });

  // The name of a rollup is another rollup's, and the length of a tier stands in its suffix.
  const IDENTITIES = /^name$|^tiers\.\d+\.every$/;
  const all = [...mutants(full)].filter(([path]) => !IDENTITIES.test(path));

  test.each(all)('%s: a change of it is seen', (_, mutant) => {
    expect(diff(full, mutant as RollupDefinition)).not.toEqual([]);
    expect(diff(mutant as RollupDefinition, full)).not.toEqual([]);
  });

  test('say what applies each change that is made online', () => {
    const without = (item: RollupDefinition): RollupDefinition => ({
      ...item,
      measures: [...item.measures].reverse(),
      refresh: { schedule: '1 seconds', lag: '2 seconds' },
      onDelete: 'drop',
      tiers: item.tiers.map((tier) => ({ ...tier, retention: null })),
    });
    expect(diff(full, without(full)).map(({ path, hazard, parts }) => [path, hazard, parts])).toEqual([
      ['tiers.15m.retention', null, ['configuration', 'partitions']],
      ['refresh.schedule', null, ['configuration', 'schedule']],
      ['refresh.lag', null, ['configuration']],
      ['onDelete', null, ['configuration']],
    ]);
  });

  test('show values in words', () => {
    const source = { ...full.source, table: { schema: 'raw', table: 'other' }, partition: null };
    const from = { ...full, tiers: full.tiers.map((tier) => ({ ...tier, timeZone: null })) };
    const texts = diff(from, { ...full, source }).map((change) => [change.path, change.from, change.to]);
    expect(texts).toEqual([
      ['source.table', 'raw."Meter ""x"" Readings"', 'raw.other'],
      ['source.partition', '1 month, kept 2 years', 'none'],
      ['tiers.1d.timeZone', 'UTC', 'Europe/Berlin'],
      ['tiers.1mo.timeZone', 'UTC', 'Europe/Berlin'],
    ]);
  });
});

describe('docs/definition.md', () => {
  const text = readFileSync(join(__dirname, '../../../docs/definition.md'), 'utf8');

  test(`has the table of changes (npm run build && node -p "require('./dist/infra/plan/fields').changesTable()")`, () => {
    const [table] = /^\| key \| change \|(.*\n)+?(?=\n)/m.exec(text) ?? [];
    expect(table?.trim()).toBe(changesTable());
  });

  test('tells what a change comes to for every key that it describes', () => {
    const rows = (table: string) => [...table.matchAll(/^\| `([A-Za-z.[\]]+)` \|/gm)].map(([, key]) => key);
    const [, keys = ''] = /## Keys\n([\s\S]*?)\n### /.exec(text) ?? [];
    const described = rows(keys).filter((key) => key !== 'apiVersion');
    expect(described.length).toBeGreaterThan(15);
    const told = rows(changesTable());
    expect(described.filter((key) => !told.includes(key))).toEqual([]);
  });
});
