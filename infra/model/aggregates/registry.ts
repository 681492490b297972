/** All aggregate families. A new one is a file beside this one and an entry in FAMILIES. */
import type { TypeClass } from '../columnType';
import { AVG } from './avg';
import { BITS } from './bits';
import { BOOLEAN } from './boolean';
import { COUNT, OF_ROWS, ROW_COUNT } from './count';
import { DEVIATION } from './deviation';
import { EDGE } from './edge';
import { EXTREMES } from './extremes';
import type { AggregateSql, Family, Measured } from './family';
import { SUM } from './sum';

/** In the order in which gold columns stand, and schema, messages and docs name them. */
const FAMILIES = [COUNT, SUM, AVG, EXTREMES, DEVIATION, EDGE, BOOLEAN, BITS] as const;

type NameOf<F> = F extends Family<infer N> ? N : never;
export type Aggregate = NameOf<(typeof FAMILIES)[number]>;

/** Names that later versions may give a meaning, so that a message can say so; without those of this version. */
export const PLANNED: readonly string[] = [
  'distinct',
  'histogram',
  'increase',
  'rate',
  'bit_and',
  'bit_or',
].filter((name) => !FAMILIES.some(({ words }) => Object.hasOwn(words, name)));

const BY_NAME = new Map(
  FAMILIES.flatMap((family: Family) =>
    Object.entries(family.words).map(([name, words]) => [name as Aggregate, { family, words }] as const),
  ),
);

/** Every aggregate, in the order of the families. */
export const AGGREGATES: readonly Aggregate[] = [...BY_NAME.keys()];

function entry(aggregate: Aggregate) {
  const found = BY_NAME.get(aggregate);
  if (found === undefined) throw new Error(`no family has the aggregate ${aggregate}`);
  return found;
}

/** What an aggregate is, in words. */
export function wordsOf(aggregate: Aggregate): string {
  return entry(aggregate).words;
}

/** The classes of types that an aggregate takes. */
export function classesOf(aggregate: Aggregate): readonly TypeClass[] {
  return entry(aggregate).family.takes;
}

/** The aggregates that a column of a type of this class can carry. */
export function aggregatesOf(is: TypeClass): readonly Aggregate[] {
  return AGGREGATES.filter((aggregate) => classesOf(aggregate).includes(is));
}

/** Name of the gold column, as written, of an aggregate of a column; `*` is the rows themselves. */
export function goldColumn(column: string, aggregate: string): string {
  return column === '*' && aggregate === OF_ROWS ? ROW_COUNT : `${column}_${aggregate}`;
}

/** The SQL of an aggregate of a column whose type it takes. */
export function aggregateSql(aggregate: Aggregate, measured: Measured): AggregateSql {
  return entry(aggregate).family.compile({ aggregate }, measured);
}
