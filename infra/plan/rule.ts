/** What a rule for one field of a definition is made of: what a change of it comes to, and how it is applied. */
import { canonicalJson } from '../model/checksum';

/** Why a change cannot simply be made. */
export type Hazard =
  /** Rows or partitions would go that cannot come back. */
  | 'data-loss'
  /** Needs tables to be filled again beside the live ones, which this version does not do. */
  | 'rebuild'
  /** Of the user's own table, which Tidemark never alters: accepted where the table is already as written. */
  | 'by-hand';

/** What of an apply makes a change. */
export type Part =
  /** The configuration rows, and the statements in them. */
  | 'configuration'
  /** The job of pg_cron. */
  | 'schedule'
  /** The configuration of pg_partman. */
  | 'partitions'
  /** Views and the capture function. */
  | 'objects';

/** One difference between the definition in the database and the wanted one. Plain data, in a deterministic order. */
export interface Change {
  /** Path in the definition, such as `tiers.1h.retention`. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
  /** null: made online, in place. */
  readonly hazard: Hazard | null;
  /** What applies it; nothing where it is refused. */
  readonly parts: readonly Part[];
}

/** What one kind of change of a field comes to. */
export interface Outcome {
  /** Which change: `shorter`, `added`. */
  readonly what: string;
  readonly hazard: Hazard | null;
  readonly parts: readonly Part[];
  /** How it is applied, or what to do instead, in words. */
  readonly applied: string;
}

/** A change that is made online. */
export function online(what: string, applied: string, ...parts: readonly Part[]): Outcome {
  return { what, hazard: null, parts, applied };
}

/** A change that is refused, and what to do instead. */
export function refused(what: string, hazard: Hazard, applied: string): Outcome {
  return { what, hazard, parts: [], applied };
}

/** The rule of a field that holds a T: what differs between two values of it, and all that a change can come to. */
export interface Rule<T> {
  changes(path: string, from: T, to: T): readonly Change[];
  /** All outcomes, each with the path as documentation writes it. */
  outcomes(path: string): readonly (Outcome & { readonly path: string })[];
}

/** A change with this outcome. */
export function changed(path: string, from: string, to: string, { hazard, parts }: Outcome): Change {
  return { path, from, to, hazard, parts };
}

/** Equal as data. */
export function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/**
 * A value that is compared as a whole.
 * @param shown In words. Text is shown as it is.
 * @param judge Which of the outcomes a change has; the first where it is not given.
 */
export function value<T>(
  outcomes: readonly [Outcome, ...Outcome[]],
  shown: (value: T) => string = (item) => (typeof item === 'string' ? item : canonicalJson(item)),
  judge: (from: T, to: T) => Outcome = () => outcomes[0],
): Rule<T> {
  return {
    changes: (path, from, to) =>
      same(from, to) ? [] : [changed(path, shown(from), shown(to), judge(from, to))],
    outcomes: (path) => outcomes.map((outcome) => ({ ...outcome, path })),
  };
}

/**
 * An object that is compared as a whole, because users write it as one value.
 * @param _told Its members, each told of by `shown`: a new one does not compile until it is named here.
 */
export function whole<T extends object>(
  outcomes: readonly [Outcome, ...Outcome[]],
  _told: { readonly [K in keyof T]-?: true },
  shown: (value: T) => string,
): Rule<T> {
  return value<T>(outcomes, shown);
}

/** What an item is found by: another one is another item, so there is nothing to compare. */
export function identity<T>(...outcomes: readonly Outcome[]): Rule<T> {
  return {
    changes: () => [],
    outcomes: (path) => outcomes.map((outcome) => ({ ...outcome, path })),
  };
}

/** A rule for every member of T: a member without one does not compile. */
export type Rules<T> = { readonly [K in keyof T]-?: Rule<T[K]> };

type Compared<T> = readonly (readonly [key: keyof T & string, rule: Rule<T[keyof T]>])[];

/** The members of an object, each by its own rule, in the order of the rules. */
export function members<T extends object>(rules: Rules<T>): Rule<T> {
  const entries = Object.entries(rules) as unknown as Compared<T>;
  const at = (path: string, key: string) => (path === '' ? key : `${path}.${key}`);
  return {
    changes: (path, from, to) =>
      entries.flatMap(([key, rule]) => rule.changes(at(path, key), from[key], to[key])),
    outcomes: (path) => entries.flatMap(([key, rule]) => rule.outcomes(at(path, key))),
  };
}

/** An object that may be null: by its members where there is one before and after, else as a whole. */
export function optional<T extends object>(
  rule: Rule<T>,
  whole: Outcome,
  shown: (value: T) => string,
): Rule<T | null> {
  const text = (item: T | null) => (item === null ? 'none' : shown(item));
  return {
    changes(path, from, to) {
      if (from !== null && to !== null) return rule.changes(path, from, to);
      return from === to ? [] : [changed(path, text(from), text(to), whole)];
    },
    outcomes: (path) => [{ ...whole, path }, ...rule.outcomes(path)],
  };
}

/** Items that each have a name: what is gone, what stays by its own rule, and what is new. */
export function named<T>(options: {
  readonly name: (item: T) => string;
  readonly shown: (item: T) => string;
  readonly removed: Outcome;
  readonly added: Outcome;
  readonly stays: Rule<T>;
  /** The others in another order; not given where the order follows from the items. */
  readonly moved?: Outcome;
  /** How documentation writes one of them: `tiers[]`. */
  readonly documented: (path: string) => string;
}): Rule<readonly T[]> {
  const { name, shown, removed, added, stays, moved, documented } = options;
  return {
    changes(path, from, to) {
      const find = (list: readonly T[], item: T) => list.find((other) => name(other) === name(item));
      const at = (item: T) => `${path}.${name(item)}`;
      const names = (list: readonly T[], other: readonly T[]) =>
        list.filter((item) => find(other, item) !== undefined).map(name);
      const [before, after] = [names(from, to), names(to, from)];
      return [
        ...from.flatMap((item) => {
          const kept = find(to, item);
          return kept === undefined
            ? [changed(at(item), shown(item), 'none', removed)]
            : stays.changes(at(item), item, kept);
        }),
        ...to.flatMap((item) =>
          find(from, item) === undefined ? [changed(at(item), 'none', shown(item), added)] : [],
        ),
        ...(moved === undefined || same(before, after)
          ? []
          : [changed(path, before.join(', '), after.join(', '), moved)]),
      ];
    },
    outcomes: (path) => [
      { ...removed, path },
      { ...added, path },
      ...(moved === undefined ? [] : [{ ...moved, path }]),
      ...stays.outcomes(documented(path)),
    ],
  };
}
