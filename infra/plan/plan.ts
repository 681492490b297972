/** What is going to be done to a database, as data: it is shown as it is, and executed as it is. */
import type { Hazard } from './diff';

/** One SQL statement with its bound values. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What a step holds until the transaction ends. */
export interface Lock {
  /** A table as SQL names it, or what else is locked, in words. */
  readonly on: string;
  /** Lock mode of PostgreSQL, such as `share row exclusive`. */
  readonly mode: string;
}

/** How much a step has to do, as far as the catalog tells; estimates of the last ANALYZE. */
export interface Estimate {
  readonly rows: number;
  readonly bytes: number;
}

/** One thing that is done, with the statements that do it. */
export interface Step {
  /** What is done, in a few words: `create silver.flight_delays_1h`. */
  readonly title: string;
  readonly sql: readonly Statement[];
  readonly lock: Lock | null;
  readonly hazards: readonly Hazard[];
  readonly estimate: Estimate | null;
}

/** Steps in the order in which they are done, all in one transaction. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Checksum of everything that was read to make the plan: with another one, another plan would have been made. */
  readonly basis: string;
}

/** A step; what is not given is none. */
export function step(
  title: string,
  sql: readonly Statement[],
  rest: Partial<Pick<Step, 'lock' | 'hazards' | 'estimate'>> = {},
): Step {
  return { title, sql, lock: null, hazards: [], estimate: null, ...rest };
}

/** A statement without values, or with some. */
export function statement(text: string, ...values: readonly unknown[]): Statement {
  return { text, values };
}
