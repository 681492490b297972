/** `source.columns` of a table that is there: it is the user's, so only what it already is can be written. */
import { hasType } from '../model/columnType';
import { type ColumnDefinition, namedColumns, type RollupDefinition } from '../model/definition';
import { changed, named, online, type Rule, refused, same } from './rule';
import { nameText, tableText } from './words';

const YOURSELF =
  'Alter the table yourself, then apply. The change is recorded if the table matches it, and refused if it does not.';

export const COLUMN_CHANGES = {
  added: refused('column added', 'by-hand', YOURSELF),
  removed: refused('column removed', 'by-hand', YOURSELF),
  changed: refused('another type, or `not null`', 'by-hand', YOURSELF),
  moved: online('in another order', 'Recorded; the table stays as it is.', 'configuration'),
  left: online('left out', 'Recorded; the table stays as it is.', 'configuration'),
} as const;

/** `bigint not null`. */
export function columnText({ type, nullable }: ColumnDefinition): string {
  return `${type}${nullable ? '' : ' not null'}`;
}

/** Each column by its name; where none were given, all are new. */
export function columns(stays: Rule<ColumnDefinition>): Rule<readonly ColumnDefinition[] | null> {
  const each = named<ColumnDefinition>({
    ...COLUMN_CHANGES,
    name: ({ name }) => name,
    shown: columnText,
    stays,
    documented: (path) => path,
  });
  const list = (items: readonly ColumnDefinition[]) =>
    items.map((item) => `${item.name} ${columnText(item)}`).join(', ');
  return {
    changes(path, from, to) {
      if (to !== null) return each.changes(path, from ?? [], to);
      return from === null ? [] : [changed(path, list(from), 'none', COLUMN_CHANGES.left)];
    },
    outcomes: (path) => [...each.outcomes(path), { ...COLUMN_CHANGES.left, path }],
  };
}

/** The source as far as `source.columns` speaks of it. */
export interface TableColumns {
  readonly columns: Readonly<Record<string, { readonly type: string }>>;
  readonly notNull: readonly string[];
}

/** How the table differs from one column as it is written now, and what would change that; null where it does not. */
interface Misfit {
  readonly why: string;
  /** What follows `alter table …`; null where PostgreSQL would refuse it. */
  readonly alter: string | null;
}

function misfit(column: ColumnDefinition, table: TableColumns, read: readonly string[]): Misfit | null {
  const { name, type, nullable } = column;
  const path = `source.columns.${name} is ${columnText(column)}`;
  // Own members only: a column may have the name of something every object has.
  const actual = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  if (actual === undefined)
    return {
      why: `${path}, but there is no such column`,
      // Rows that are there need a value, which the user knows.
      alter: `add column ${nameText(name)} ${columnText(column)}${nullable ? '' : ' default …'}`,
    };
  if (!hasType(actual.type, type)) {
    const alter = read.includes(name) ? null : `alter column ${nameText(name)} type ${type}`;
    return { why: `${path}, but the column is ${actual.type}`, alter };
  }
  if (table.notNull.includes(name) !== nullable) return null;
  return {
    why: `${path}, but the column ${nullable ? 'is not null' : 'takes NULL'}`,
    alter: `alter column ${nameText(name)} ${nullable ? 'drop' : 'set'} not null`,
  };
}

/**
 * Why `source.columns` are refused, and what to do; null where the table is as they are written now. All are judged for a
 * rollup that is new (`stored` is null), of others what changed: the rest is what the rollup was deployed with.
 */
export function columnRefusal(
  stored: RollupDefinition | null,
  desired: RollupDefinition,
  table: TableColumns,
): { readonly message: string; readonly hint: string } | null {
  const { columns: wanted, table: name } = desired.source;
  if (wanted === null) return null;
  const before = stored?.source.columns ?? [];
  const read = namedColumns(desired);
  const find = (list: readonly ColumnDefinition[], item: string) => list.find((c) => c.name === item);
  const misfits = [
    ...wanted
      .filter((column) => !same(column, find(before, column.name)))
      .map((column) => misfit(column, table, read)),
    ...before
      .filter(
        (column) => find(wanted, column.name) === undefined && Object.hasOwn(table.columns, column.name),
      )
      .map((column): Misfit => {
        const alter = `drop column ${nameText(column.name)}`;
        return {
          why: `source.columns.${column.name} was removed, but the table still has the column`,
          alter,
        };
      }),
  ].filter((found) => found !== null);
  if (misfits.length === 0) return null;
  const source = tableText(name);
  const alters = misfits.flatMap(({ alter }) => (alter === null ? [] : [alter]));
  const doIt =
    alters.length === 0 ? '' : `Run: alter table ${source} ${alters.join(', ')}; then apply again. Or `;
  const fixed =
    alters.length === misfits.length
      ? ''
      : ' PostgreSQL does not change the type of a column that a view reads.';
  return {
    message: `Rollup "${desired.name}": ${source} does not match the ${stored === null ? '' : 'changed '}definition, and Tidemark does not alter existing tables: ${misfits.map(({ why }) => why).join('; ')}. Nothing was changed.`,
    hint: `${doIt}${doIt === '' ? 'W' : 'w'}rite source.columns as the table is.${fixed}`,
  };
}
