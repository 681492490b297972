import type { GoldColumn } from '../../compile/aggregates';
import type { Context, Level } from '../../compile/context';
import { directSelect } from '../../compile/direct';
import { sameKey } from '../../compile/keys';
import { brackets, conditions, select, unionAll, withNamed } from '../../compile/text';
import { quoteLiteral } from '../../model/names';

/** Conditions on a time expression, such as `t.bucket`. */
export type Window = (time: string) => readonly string[];

/** 1e-9 relative: additions of floating point numbers may come in any order. */
const RELATIVE = '1e-9';
/** Where large numbers cancel, the result keeps their rounding errors: about 1e-16 of the largest for each addition. */
const OF_LARGEST = '1e-12';

/** True where gold `g` and source `d` disagree on a column. */
function disagree({ name, rounding }: GoldColumn, index: number): string {
  const [g, d] = [`g.${name}`, `d.${name}`];
  const distinct = `${g} is distinct from ${d}`;
  if (rounding === null) return `(${distinct})`;
  return `(${distinct} and coalesce(abs(${g} - ${d}) > ${RELATIVE} * greatest(abs(${g}), abs(${d}))
      and ${rounding.difference(g, d)} > ${OF_LARGEST} * ${rounding.limit(`d.__scale_${index}`)}, true))`;
}

/** The GROUP BY over the source, with what floating point columns are judged by. */
function direct(context: Context, level: Level, window: Window): string {
  const extra = context.gold.flatMap(({ rounding }, index) =>
    rounding === null ? [] : [{ name: `__scale_${index}`, sql: rounding.scale }],
  );
  return directSelect(context, level, { window, extra });
}

/**
 * Compares a gold view with the GROUP BY over its source, both within the window. One row comes back: how many rows
 * each has, how many keys differ, and the first of these ($1 at most) as JSON, values as text.
 */
export function comparison(context: Context, level: Level, window: Window): string {
  const keys = ['bucket', ...level.dimensions.map((d) => d.name)];
  const found = { name: 'gold', materialized: true, sql: windowed(level, window) } as const;
  const wanted = { name: 'source', materialized: true, sql: direct(context, level, window) } as const;
  const differing = unionAll([differences(context, level, keys), duplicates(keys)]);
  const shown = select(
    [`coalesce(json_agg(json_build_object(${jsonOf(keys)})), '[]')`],
    `from (select * from differing order by ${keys.join(', ')}, __kind limit $1) x`,
  );
  return withNamed(
    [found, wanted, { name: 'differing', materialized: true, sql: differing }],
    select([
      '(select count(*) from gold) as "goldRows"',
      '(select count(*) from source) as "sourceRows"',
      '(select count(*) from differing) as differences',
      `${brackets(shown)} as shown`,
    ]),
  );
}

function windowed({ view }: Level, window: Window): string {
  return `select *\nfrom ${view} t\n${conditions('where', window('t.bucket'))}`;
}

const texts = (alias: string, names: readonly string[]) =>
  `array[${names.map((n) => `${alias}.${n}::text`).join(', ')}]::text[]`;

const jsonOf = (keys: readonly string[]) =>
  `'kind', x.__kind, 'key', ${texts('x', keys)}, 'gold', x.__gold, 'source', x.__source, 'columns', x.__columns`;

/** Keys that one side lacks, or whose values differ. Its own columns start with "__", as no dimension may. */
function differences(context: Context, level: Level, keys: readonly string[]): string {
  const all = context.gold;
  const values = all.map((c) => c.name);
  const differing = all.map((c, i) => `case when ${disagree(c, i)} then ${quoteLiteral(c.plainName)} end`);
  return select(
    [
      ...keys.map((k) => `case when g.bucket is null then d.${k} else g.${k} end as ${k}`),
      "case when d.bucket is null then 'extra' when g.bucket is null then 'missing' else 'different' end as __kind",
      `${texts('g', values)} as __gold`,
      `${texts('d', values)} as __source`,
      `case when g.bucket is not null and d.bucket is not null then array_remove(array[${differing.join(', ')}]::text[], null) else '{}' end as __columns`,
    ],
    'from gold g',
    'full join source d',
    conditions('  on', ['g.bucket = d.bucket', ...sameKey(level, 'g', 'd')]),
    `where g.bucket is null or d.bucket is null or ${all.map(disagree).join(' or ')}`,
  );
}

/** Keys that the view gives more than once. */
function duplicates(keys: readonly string[]): string {
  const key = keys.map((k) => `g.${k}`);
  return select(
    [...key, "'duplicate'", 'array[count(*)::text]', "array['1']", "'{}'"],
    'from gold g',
    `group by ${key.join(', ')}`,
    'having count(*) > 1',
  );
}
