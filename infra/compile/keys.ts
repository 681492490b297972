import type { Keyed } from './context';
/** Lists of key columns, and conditions on them. */

/** `a."x"` for each dimension. */
export function dimensionColumns(rows: Keyed, alias: string): readonly string[] {
  return rows.dimensions.map((d) => `${alias}.${d.name}`);
}

/** `a.bucket`, `a."x"`, …: the whole key. */
export function keyOf(rows: Keyed, alias: string): readonly string[] {
  return [`${alias}.bucket`, ...dimensionColumns(rows, alias)];
}

/** What holds where two rows have the same dimensions, NULL being a value; in a form that PostgreSQL can hash. */
export function sameKey(rows: Keyed, left: string, right: string): readonly string[] {
  return rows.dimensions.flatMap((d) => [
    `coalesce(${left}.${d.name}, ${d.zero}) ${d.equals} coalesce(${right}.${d.name}, ${d.zero})`,
    `(${left}.${d.name} is null) = (${right}.${d.name} is null)`,
  ]);
}

/** Plain equality, which an index can serve; only right where no dimension of `left` is null. */
export function equalKey(rows: Keyed, left: string, right: string): readonly string[] {
  return rows.dimensions.map((d) => `${right}.${d.name} ${d.equals} ${left}.${d.name}`);
}

/** True where some dimension is null; `false` without dimensions. */
export function hasNull(rows: Keyed, alias: string): string {
  if (rows.dimensions.length === 0) return 'false';
  return `(${rows.dimensions.map((d) => `${alias}.${d.name} is null`).join(' or ')})`;
}
