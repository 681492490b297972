import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  AGGREGATES,
  type Aggregate,
  aggregateSql,
  classesOf,
  PLANNED,
  wordsOf,
} from '../../../infra/model/aggregates/registry';
import { type TypeClass, typeClass } from '../../../infra/model/columnType';

const DOCS = readFileSync(join(__dirname, '../../../docs/definition.md'), 'utf8');
const MEASURES = DOCS.slice(DOCS.indexOf('### Measures'), DOCS.indexOf('### Tiers'));

/** Types of each class, as the catalog writes them. */
const TYPES = {
  integer: ['smallint', 'integer', 'bigint'],
  numeric: ['numeric', 'numeric(10,2)'],
  float: ['real', 'double precision'],
  text: ['text', 'character varying(20)'],
  boolean: ['boolean'],
  time: ['date', 'timestamp with time zone', 'timestamp without time zone'],
  other: ['uuid', 'jsonb', 'integer[]'],
} as const satisfies Record<TypeClass, readonly string[]>;

const CLASSES = Object.keys(TYPES) as readonly TypeClass[];

/** As the docs name the classes, together where that is shorter. */
function columnsInWords(classes: readonly TypeClass[]): string {
  if (CLASSES.every((is) => classes.includes(is))) return 'any column';
  const numbers = (['integer', 'numeric', 'float'] as const).every((is) => classes.includes(is));
  const each = { integer: 'integers', numeric: 'numeric', float: 'floating point' } as const;
  const rest = classes.flatMap((is) => {
    if (is === 'integer' || is === 'numeric' || is === 'float') return numbers ? [] : [each[is]];
    return is === 'time' ? ['date', 'timestamptz'] : [is];
  });
  return [...(numbers ? ['numbers'] : []), ...rest].join(', ');
}

/** The SQL of an aggregate for every type that it takes. */
function everySql(aggregate: Aggregate) {
  return classesOf(aggregate).flatMap((is) =>
    TYPES[is].map((type) => ({
      is,
      ...aggregateSql(aggregate, { column: 'c', value: 's."c"', time: 's."t"', type, is, collation: null }),
    })),
  );
}

describe('docs/definition.md', () => {
  test('has the table of aggregates that the families give', () => {
    const rows = AGGREGATES.map(
      (name) => `| \`${name}\` | ${wordsOf(name)} | ${columnsInWords(classesOf(name))} |`,
    );
    const table = MEASURES.split('\n').filter((line) => line.startsWith('|'));
    expect(table).toEqual(['| aggregate | value | of |', '| --- | --- | --- |', ...rows]);
  });

  test('says which aggregates are planned', () => {
    const [, sentence = ''] = /\(`p50` to `p999`\),([^.]*) are planned/.exec(MEASURES) ?? [];
    expect([...sentence.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(PLANNED);
  });

  test('says which are equal but for rounding, and of which types', () => {
    const [, sentence = ''] = /only ([^;]*) of\n`real` and `double precision`/.exec(MEASURES) ?? [];
    const rounded = AGGREGATES.filter((name) => everySql(name).some(({ rounding }) => rounding !== null));
    expect([...sentence.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(rounded);
    for (const { is, rounding } of rounded.flatMap(everySql)) expect(rounding !== null).toBe(is === 'float');
  });
});

describe('aggregate families', () => {
  test.each(CLASSES.flatMap((is) => TYPES[is].map((type) => [type, is])))('%s is %s', (type, is) => {
    expect(typeClass(type)).toBe(is);
  });

  test('have no name twice, nor one that is planned', () => {
    expect(new Set([...AGGREGATES, ...PLANNED]).size).toBe(AGGREGATES.length + PLANNED.length);
  });

  test('keep states of one name only where they are the same, within the length that measures leave', () => {
    const longest = Math.max(...AGGREGATES.map(({ length }) => length));
    for (const is of CLASSES) {
      for (const type of TYPES[is]) {
        const seen = new Map<string, string>();
        for (const aggregate of AGGREGATES.filter((name) => classesOf(name).includes(is))) {
          const measured = { column: 'c', value: 's."c"', time: 's."t"', type, is, collation: null };
          for (const state of aggregateSql(aggregate, measured).states) {
            const text = [state.type, state.fromSource, state.merge('m'), state.combine('l', 'r')].join('\n');
            expect(seen.get(state.name) ?? text).toBe(text);
            seen.set(state.name, text);
            expect(state.name.length).toBeLessThanOrEqual('"c__"'.length + longest);
          }
        }
      }
    }
  });
});
