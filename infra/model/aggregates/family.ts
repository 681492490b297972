/**
 * What an aggregate family is: aggregates that share their state. One file of this folder each, with all that Tidemark knows
 * of them; definitions, messages, the JSON Schema, the compiler, audits and docs/definition.md read it from there.
 */
import type { TypeClass } from '../columnType';
import type { StateColumn } from './state';

export const NUMBERS = ['integer', 'numeric', 'float'] as const satisfies readonly TypeClass[];
export const ANY = [...NUMBERS, 'text', 'boolean', 'time', 'other'] as const satisfies readonly TypeClass[];

/** The column that is aggregated. */
export interface Measured {
  /** As written. */
  readonly column: string;
  /** Expression over source rows, aliased `s`. */
  readonly value: string;
  /** The row's time, likewise. */
  readonly time: string;
  /** As `format_type` writes it. */
  readonly type: string;
  readonly is: TypeClass;
  /** Quoted and qualified, where it is not the type's default. */
  readonly collation: string | null;
}

/** What a definition asks of a family. What is written under an aggregate's name will be members of it. */
export interface Wanted<N extends string> {
  readonly aggregate: N;
}

/** How an audit judges a floating point value, since additions may come in any order. */
export interface Rounding {
  /** Aggregate over source rows: the scale of the rounding errors that remain where large numbers cancel. */
  readonly scale: string;
  /** The difference of two values that grows with `limit`. */
  difference(left: string, right: string): string;
  /** What `difference` is compared with, from the scale's value. */
  limit(scale: string): string;
}

/** One aggregate of one column. All texts are SQL expressions. */
export interface AggregateSql {
  /** What is kept, merged and combined. Aggregates of a column that keep the same share it, by its name. */
  readonly states: readonly StateColumn[];
  /** The value from the state columns of the row with this alias. */
  finish(alias: string): string;
  /** The same value by a plain GROUP BY over source rows, alias `s`: what the view must equal. */
  readonly direct: string;
  /** null: equal to the last digit. */
  readonly rounding: Rounding | null;
}

export interface Family<N extends string = string> {
  /** Its aggregates by their names, in the order in which they are shown, each in words for editors and docs. */
  readonly words: Readonly<Record<N, string>>;
  /** Classes of types that it takes. */
  readonly takes: readonly TypeClass[];
  compile(wanted: Wanted<N>, measured: Measured): AggregateSql;
}
