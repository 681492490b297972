import type { Aggregate } from '../model/definition';

/** What the aggregates need to know of a PostgreSQL type. */
export type TypeClass = 'integer' | 'numeric' | 'float' | 'text' | 'boolean' | 'time' | 'other';

/** Class of a type as `format_type` writes it; modifiers such as `(10,2)` do not matter. */
export function typeClass(type: string): TypeClass {
  const base = type.replace(/\(.*\)/, '').trim();
  switch (base) {
    case 'smallint':
    case 'integer':
    case 'bigint':
      return 'integer';
    case 'numeric':
      return 'numeric';
    case 'real':
    case 'double precision':
      return 'float';
    case 'text':
    case 'character varying':
      return 'text';
    case 'boolean':
      return 'boolean';
    case 'date':
    case 'timestamp with time zone':
    case 'timestamp without time zone':
      return 'time';
    default:
      return 'other';
  }
}

/** Types a dimension may have, with a value that stands in for NULL in hashed comparisons. */
const DIMENSION_TYPES: ReadonlyMap<string, string> = new Map([
  ['text', "''"],
  ['character varying', "''"],
  ['smallint', '0'],
  ['integer', '0'],
  ['bigint', '0'],
  ['numeric', '0'],
  ['real', '0'],
  ['double precision', '0'],
  ['uuid', "'00000000-0000-0000-0000-000000000000'"],
  ['boolean', 'false'],
  ['date', "'epoch'"],
  ['ltree', "''"],
]);

/** Stand-in for NULL in a hashed comparison of this dimension type, or null if the type is no dimension. */
export function dimensionZero(type: string): string | null {
  const base = type.replace(/\(.*\)/, '').trim();
  const zero = DIMENSION_TYPES.get(base);
  // ltree lives in whatever schema the extension was created in, and format_type qualifies it then.
  if (zero === undefined) return base.endsWith('.ltree') || base.endsWith('."ltree"') ? `''::${type}` : null;
  return `${zero}::${type}`;
}

export const DIMENSION_TYPE_NAMES: readonly string[] = [...DIMENSION_TYPES.keys()];

/** Aggregates that each class of type can answer. */
export const ALLOWED: Readonly<Record<TypeClass, readonly Aggregate[]>> = {
  integer: ['count', 'sum', 'avg', 'min', 'max', 'stddev', 'variance', 'first', 'last'],
  numeric: ['count', 'sum', 'avg', 'min', 'max', 'stddev', 'variance', 'first', 'last'],
  float: ['count', 'sum', 'avg', 'min', 'max', 'stddev', 'variance', 'first', 'last'],
  text: ['count', 'min', 'max', 'first', 'last'],
  boolean: ['count', 'bool_and', 'bool_or', 'first', 'last'],
  time: ['count', 'min', 'max'],
  other: ['count'],
};
