import type { Context, Keyed, Level, Stateful } from './context';
import { dimensionColumns, equalKey, hasNull, keyOf, sameKey } from './keys';
import { brackets, conditions, select, unionAll } from './text';

/** `agg as "name"` for each state column, aggregated from source rows `s`. */
export function statesFromSource(rows: Stateful): readonly string[] {
  return rows.states.map((state) => `${state.fromSource} as ${state.name}`);
}

/** The same, merged from rows that already hold state. */
export function statesMerged(rows: Stateful, alias: string): readonly string[] {
  return rows.states.map((state) => `${state.merge(alias)} as ${state.name}`);
}

/** `a."n"` for each state column: as it is. */
export function stateColumns(rows: Stateful, alias: string): readonly string[] {
  return rows.states.map((state) => `${alias}.${state.name}`);
}

/** `group by` ordinals of bucket and dimensions, which always come first. */
export function groupBy(rows: Keyed): string {
  return `group by ${[1, ...rows.dimensions.map((_, index) => index + 2)].join(', ')}`;
}

/** `insert into` the level's table, all columns by name. */
export function insertInto({ table, dimensions, states }: Level, alias = ''): string {
  const columns = ['bucket', ...dimensions.map((d) => d.name), ...states.map((s) => s.name)];
  return `insert into ${table}${alias} ${brackets(columns.join(',\n'))}`;
}

/** The columns of the level's unique key. */
export function keyList(level: Level): string {
  return [...level.dimensions.map((d) => d.name), 'bucket'].join(', ');
}

/** Rows that buckets are aggregated from, aliased `s`: those of the source, or of a finer tier. */
export interface Rows {
  readonly table: string;
  /** Their time column. */
  readonly time: string;
  /** The wanted state columns as aggregates over them. */
  readonly states: readonly string[];
}

/**
 * States of the buckets of `keys` (bucket, dimensions…), computed from `from`. In two parts, since an index serves plain
 * equality only and NULL needs more; a rollup without dimensions, or without NULLs, pays for one. The bucket is compared
 * both as a range, for indexes, and as a value, for hashing.
 */
export function statesOfKeys(
  level: Level,
  options: { keys: string; from: Rows; where?: readonly string[] },
): string {
  const { keys, from, where = [] } = options;
  const { bucket } = level;
  const time = `s.${from.time}`;
  const part = (match: readonly string[], condition: readonly string[]) => {
    const limits = [...condition, ...where];
    return select(
      [...keyOf(level, 'k'), ...from.states],
      `from ${keys} k`,
      `join ${from.table} s`,
      conditions('  on', [
        `${time} >= k.bucket`,
        `${time} < ${bucket.end('k.bucket')}`,
        `${bucket.start(time)} = k.bucket`,
        ...match,
      ]),
      ...(limits.length === 0 ? [] : [conditions('where', limits)]),
      groupBy(level),
    );
  };
  if (level.dimensions.length === 0) return part([], []);
  return unionAll([
    part(equalKey(level, 'k', 's'), [`not ${hasNull(level, 'k')}`]),
    part(sameKey(level, 'k', 's'), [hasNull(level, 'k')]),
  ]);
}

/**
 * What the source holds in some ranges. `<=` and `<@`: the last range has no end, and a row may be at infinity.
 * @param ranges A call of rollup.ranges.
 */
export function fromSource(context: Context, level: Level, ranges: string): string {
  const time = `s.${context.time}`;
  return select(
    [`${level.bucket.start(time)} as bucket`, ...dimensionColumns(level, 's'), ...statesFromSource(level)],
    `from ${ranges} r`,
    `join ${context.source} s`,
    conditions('  on', [`${time} >= r.lower_at`, `${time} <= r.upper_at`, `${time} <@ r.range`]),
    groupBy(level),
  );
}
