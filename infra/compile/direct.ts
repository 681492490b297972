import type { Context, Level } from './context';
import { dimensionColumns } from './keys';
import { groupBy } from './rows';
import { brackets, conditions, select } from './text';

/** A column that is wanted besides those of the gold view: an aggregate over source rows `s`. */
export interface ExtraColumn {
  readonly name: string;
  readonly sql: string;
}

/**
 * The plain GROUP BY over the source that a gold view must equal: what audits and tests judge views and refreshes by, so it
 * shares nothing with their statements but where buckets begin. Grouped by what tells buckets apart, so that the start of a
 * local day is looked up once a group and not once a row.
 */
export function directSelect(
  context: Context,
  level: Level,
  options: {
    /** Conditions on an expression of time. */
    readonly window?: ((time: string) => readonly string[]) | undefined;
    readonly extra?: readonly ExtraColumn[];
  } = {},
): string {
  const { window = () => [], extra = [] } = options;
  const time = `s.${context.time}`;
  const values = [...context.gold.map(({ name, direct }) => ({ name, sql: direct })), ...extra];
  const groups = select(
    [
      `${level.bucket.key(time)} as __key`,
      ...dimensionColumns(level, 's'),
      ...values.map(({ name, sql }) => `${sql} as ${name}`),
    ],
    `from ${context.source} s`,
    conditions('where', [`${time} is not null`, ...window(time)]),
    groupBy(level),
  );
  return select(
    [
      `${level.bucket.startOf('g.__key')} as bucket`,
      ...dimensionColumns(level, 'g'),
      ...values.map(({ name }) => `g.${name}`),
    ],
    `from ${brackets(groups)} g`,
  );
}
