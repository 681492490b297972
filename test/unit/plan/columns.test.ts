import { describe, expect, test } from 'vitest';
import type { ColumnDefinition, RollupDefinition } from '../../../infra/model/definition';
import { columnRefusal, type TableColumns } from '../../../infra/plan/columns';
import { diff, refusal } from '../../../infra/plan/diff';
import { narrow } from '../compile/definitions';

const column = (name: string, type: string, nullable = true): ColumnDefinition => ({ name, type, nullable });
const AT = column('at', 'timestamptz', false);
const V = column('v', 'integer');
const given = (...columns: readonly ColumnDefinition[]): RollupDefinition => ({
  ...narrow,
  source: { ...narrow.source, columns },
});
const none = narrow;

/** A table: name → type as the catalog writes it, with `!` for not null. */
const table = (columns: Readonly<Record<string, string>>): TableColumns => ({
  columns: Object.fromEntries(
    Object.entries(columns).map(([name, type]) => [name, { type: type.replace('!', '') }]),
  ),
  notNull: Object.keys(columns).filter((name) => columns[name]?.endsWith('!')),
});
const time = 'timestamp with time zone!';

describe('a change of source.columns', () => {
  test.each<
    [
      string,
      RollupDefinition,
      RollupDefinition,
      readonly (readonly [string, string, string, string | null])[],
    ]
  >([
    ['added', given(AT), given(AT, V), [['source.columns.v', 'none', 'integer', 'by-hand']]],
    ['removed', given(AT, V), given(AT), [['source.columns.v', 'integer', 'none', 'by-hand']]],
    [
      'of another type',
      given(AT, V),
      given(AT, column('v', 'bigint')),
      [['source.columns.v', 'integer', 'bigint', 'by-hand']],
    ],
    [
      'not null now',
      given(AT, V),
      given(AT, column('v', 'integer', false)),
      [['source.columns.v', 'integer', 'integer not null', 'by-hand']],
    ],
    ['in another order', given(AT, V), given(V, AT), [['source.columns', 'at, v', 'v, at', null]]],
    ['given', none, given(AT), [['source.columns.at', 'none', 'timestamptz not null', 'by-hand']]],
    [
      'left out',
      given(AT, V),
      none,
      [['source.columns', 'at timestamptz not null, v integer', 'none', null]],
    ],
  ])('%s is a difference, and not refused before the table is known', (_, from, to, expected) => {
    const changes = diff(from, to);
    expect(changes.map((c) => [c.path, c.from, c.to, c.hazard])).toEqual(expected);
    expect(refusal('beats', changes)).toBeNull();
  });
});

describe('the table decides', () => {
  const refused = (from: RollupDefinition, to: RollupDefinition, columns: Readonly<Record<string, string>>) =>
    columnRefusal(from, to, table(columns));

  test.each<[string, RollupDefinition, RollupDefinition, Readonly<Record<string, string>>]>([
    ['that has the new column', given(AT), given(AT, V), { at: time, v: 'integer' }],
    ['that has lost the old one', given(AT, V), given(AT), { at: time }],
    [
      'whose column was altered',
      given(AT, V),
      given(AT, column('v', 'bigint', false)),
      { at: time, v: 'bigint!' },
    ],
    [
      'with a modifier, which definitions have none of',
      given(AT),
      given(AT, column('n', 'numeric')),
      { at: time, n: 'numeric(12,3)' },
    ],
    [
      'with ltree in some schema',
      given(AT),
      given(AT, column('p', 'ltree')),
      { at: time, p: 'public.ltree' },
    ],
    ['that existed before its columns were given', none, given(AT), { at: time, more: 'text' }],
    ['whose columns are left out now', given(AT, V), none, {}],
    ['that differs where nothing was changed', given(AT, V), given(V, AT), { at: time, v: 'text' }],
  ])('one %s is accepted', (_, from, to, columns) => {
    expect(refused(from, to, columns)).toBeNull();
  });

  test.each<[string, RollupDefinition, RollupDefinition, Readonly<Record<string, string>>, string, string]>([
    [
      'misses the new column',
      given(AT),
      given(AT, V),
      { at: time },
      'source.columns.v is integer, but there is no such column',
      'Run: alter table raw.beats add column v integer; then apply again. Or write source.columns as the table is.',
    ],
    [
      'misses one that every object has',
      given(AT),
      given(AT, column('constructor', 'text', false)),
      { at: time },
      'source.columns.constructor is text not null, but there is no such column',
      'Run: alter table raw.beats add column constructor text not null default …; then apply again. Or write source.columns as the table is.',
    ],
    [
      'has another type',
      given(AT, V),
      given(AT, column('v', 'bigint')),
      { at: time, v: 'integer' },
      'source.columns.v is bigint, but the column is integer',
      'Run: alter table raw.beats alter column v type bigint; then apply again. Or write source.columns as the table is.',
    ],
    [
      'takes NULL',
      given(AT, V),
      given(AT, column('v', 'integer', false)),
      { at: time, v: 'integer' },
      'source.columns.v is integer not null, but the column takes NULL',
      'Run: alter table raw.beats alter column v set not null; then apply again. Or write source.columns as the table is.',
    ],
    [
      'takes no NULL, and still has the old column',
      given(AT, column('v', 'integer', false), column('Old', 'text')),
      given(AT, V),
      { at: time, v: 'integer!', Old: 'text' },
      'source.columns.v is integer, but the column is not null; source.columns.Old was removed, but the table still has the column',
      'Run: alter table raw.beats alter column v drop not null, drop column "Old"; then apply again. Or write source.columns as the table is.',
    ],
  ])('one that %s is told so in one sentence', (_, from, to, columns, why, hint) => {
    expect(refused(from, to, columns)).toEqual({
      message: `Rollup "beats": raw.beats does not match the changed definition, and Tidemark does not alter existing tables: ${why}. Nothing was changed.`,
      hint,
    });
  });

  test('a column that the views read is not to be altered', () => {
    const read = (columns: readonly ColumnDefinition[]): RollupDefinition => ({
      ...given(...columns),
      dimensions: ['v'],
    });
    const found = refused(read([AT, V]), read([AT, column('v', 'bigint')]), { at: time, v: 'integer' });
    expect(found?.hint).toBe(
      'Write source.columns as the table is. PostgreSQL does not change the type of a column that a view reads.',
    );
  });
});
