import type { GoldColumn } from '../../compile/aggregates';
import { type Context, dimensionList, type Level, sameKey } from '../../compile/context';
import { groupBy } from '../../compile/rows';
import { quoteLiteral } from '../../model/names';

/** Conditions on a time expression, such as `t.bucket`; empty text for none. */
export type Window = (time: string) => string;

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

/**
 * The plain GROUP BY over the source that the gold view must equal, with what floating point columns are judged by. Grouped
 * by what tells buckets apart, so that the start of a local day is looked up once a group and not once a row.
 */
function direct(context: Context, level: Level, window: Window): string {
  const { bucket } = level;
  const time = `s.${context.time}`;
  const values = context.gold.map(
    (c, index) =>
      `, ${c.direct} as ${c.name}${c.rounding === null ? '' : `, ${c.rounding.scale} as __scale_${index}`}`,
  );
  return `select ${bucket.startOf('s.__key')} as bucket, s.*
    from (select ${bucket.key(time)} as __key${dimensionList(level, 's')}${values.join('')}
      from ${context.source} s where ${time} is not null${window(time)} ${groupBy(level)}) s`;
}

/**
 * Compares a gold view with the GROUP BY over its source, both within the window. One row comes back: how many rows
 * each has, how many keys differ, and the first of these ($1 at most) as JSON, values as text.
 */
export function comparison(context: Context, level: Level, window: Window): string {
  const all = context.gold;
  const keys = ['bucket', ...level.dimensions.map((d) => d.name)];
  const texts = (alias: string, names: readonly string[]) =>
    `array[${names.map((n) => `${alias}.${n}::text`).join(', ')}]::text[]`;
  const values = all.map((c) => c.name);
  const key = keys.map((k) => `case when g.bucket is null then d.${k} else g.${k} end as ${k}`).join(', ');
  const differing = all.map((c, i) => `case when ${disagree(c, i)} then ${quoteLiteral(c.plainName)} end`);
  return `with gold as materialized (
  select * from ${level.view} t where true${window('t.bucket')}),
source as materialized (
  ${direct(context, level, window)}),
differing as materialized (
  select ${key}, case when d.bucket is null then 'extra' when g.bucket is null then 'missing' else 'different' end as kind,
    ${texts('g', values)} as gold, ${texts('d', values)} as source,
    case when g.bucket is not null and d.bucket is not null then array_remove(array[${differing.join(', ')}]::text[], null) else '{}' end as columns
  from gold g full join source d on g.bucket = d.bucket${sameKey(level, 'g', 'd')}
  where g.bucket is null or d.bucket is null or ${all.map(disagree).join(' or ')}
  union all
  select ${keys.map((k) => `g.${k}`).join(', ')}, 'duplicate', array[count(*)::text], array['1'], '{}'
  from gold g group by ${keys.map((k) => `g.${k}`).join(', ')} having count(*) > 1)
select (select count(*) from gold) as "goldRows", (select count(*) from source) as "sourceRows",
  (select count(*) from differing) as differences,
  (select coalesce(json_agg(json_build_object('kind', x.kind, 'key', ${texts('x', keys)}, 'gold', x.gold, 'source', x.source, 'columns', x.columns)), '[]')
     from (select * from differing order by ${keys.join(', ')}, kind limit $1) x) as shown`;
}
