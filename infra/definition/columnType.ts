/** The column types that Tidemark creates, and what each can be used for. */
import type { Aggregate } from '../model/definition';

const NUMBER: readonly Aggregate[] = [
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'stddev',
  'variance',
  'first',
  'last',
];
const OTHER: readonly Aggregate[] = ['count'];

/** Type → the aggregates it can carry. */
const TYPES: ReadonlyMap<string, readonly Aggregate[]> = new Map([
  ['smallint', NUMBER],
  ['integer', NUMBER],
  ['bigint', NUMBER],
  ['numeric', NUMBER],
  ['real', NUMBER],
  ['double precision', NUMBER],
  ['boolean', ['count', 'first', 'last', 'bool_and', 'bool_or']],
  ['text', ['count', 'min', 'max', 'first', 'last']],
  ['uuid', OTHER],
  ['date', ['count', 'min', 'max']],
  ['ltree', OTHER],
  ['timestamptz', ['count', 'min', 'max']],
  ['jsonb', OTHER],
]);

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['int2', 'smallint'],
  ['int', 'integer'],
  ['int4', 'integer'],
  ['int8', 'bigint'],
  ['decimal', 'numeric'],
  ['float4', 'real'],
  ['float', 'double precision'],
  ['float8', 'double precision'],
  ['bool', 'boolean'],
  ['timestamp with time zone', 'timestamptz'],
]);

export const COLUMN_TYPES: readonly string[] = [...TYPES.keys()];

/** A second time axis and whole documents are not what a series is named by. */
const NOT_DIMENSIONS = ['timestamptz', 'jsonb'];

/** Reads `double precision`, `INT4 NOT NULL`; null when the type is not on the list. */
export function parseColumnType(text: string): { readonly type: string; readonly nullable: boolean } | null {
  const words = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const bare = words.replace(/ not null$/, '');
  const type = ALIASES.get(bare) ?? bare;
  return TYPES.has(type) ? { type, nullable: bare === words } : null;
}

/** The aggregates that a column of this type can carry. */
export function aggregatesOf(type: string): readonly Aggregate[] {
  return TYPES.get(type) ?? OTHER;
}

/** The types a dimension may have. */
export const DIMENSION_TYPES = COLUMN_TYPES.filter((type) => !NOT_DIMENSIONS.includes(type));
