import { quoteIdent } from '../names';

/** One column of mergeable state in a tier table. All SQL texts are expressions. */
export interface StateColumn {
  /** Quoted name. */
  readonly name: string;
  readonly type: string;
  /** Aggregate over source rows, aliased `s`. */
  readonly fromSource: string;
  /** Aggregate over rows that have this column, in an alias given. */
  merge(alias: string): string;
  /** Merge of two single states, null meaning empty. */
  combine(left: string, right: string): string;
}

/** Quoted name of a column's state. No suffix is longer than the longest aggregate: names of measures have room for that. */
export function stateName({ column }: { readonly column: string }, suffix: string): string {
  return quoteIdent(`${column}__${suffix}`);
}

/** A state that merges by addition; null means that there was nothing to add. */
export function addable(name: string, type: string, fromSource: string): StateColumn {
  return {
    name,
    type,
    fromSource,
    merge: (a) => `sum(${a}.${name})::${type}`,
    combine: (l, r) => `coalesce(${l} + ${r}, ${l}, ${r})`,
  };
}

/** A state that merges by its smallest or greatest value. */
export function extreme(
  name: string,
  type: string,
  collate: string,
  fn: 'min' | 'max',
  fromSource: string,
): StateColumn {
  const scalar = fn === 'min' ? 'least' : 'greatest';
  return {
    name,
    type: `${type}${collate}`,
    fromSource,
    merge: (a) => `${fn}(${a}.${name})`,
    combine: (l, r) => `${scalar}(${l}, ${r})`,
  };
}

/** A state of the values' own kind that merges by the aggregate that it is, and of two by an operator that keeps NULL. */
export function folded(name: string, type: string, fn: string, operator: string, value: string): StateColumn {
  return {
    name,
    type,
    fromSource: `${fn}(${value})`,
    merge: (a) => `${fn}(${a}.${name})`,
    combine: (l, r) => `coalesce(${l} ${operator} ${r}, ${l}, ${r})`,
  };
}
