import { quoteIdent, quoteLiteral, quoteName } from '../model/names';
import type { BucketSql } from './buckets';
import { type Context, dimensionList, sameKey } from './context';
import { groupBy, stateList, statesFromSource, statesMerged, statesOfKeys } from './rows';

/**
 * The gold view of a tier: correct in every snapshot. It reads coverage and dirty keys in the reader's own snapshot and
 * answers from
 *   1. silver rows of this tier that are covered and clean;
 *   2. for what this tier does not cover: clean rows of the finer tiers, finest last;
 *   3. the source, for dirty keys, and for what no tier covers.
 * Parts 2 and 3 are merged, since a bucket at an edge of coverage can have a share of each.
 */
export function createView(context: Context, ordinal: number): string {
  const { names, definition } = context;
  const levels = context.buckets.slice(0, ordinal + 1);
  const tierRow = (column: string, level: number) =>
    `(select ${column} from rollup.timeseries_tier where rollup = ${quoteLiteral(definition.name)} and ordinal = ${level})`;
  const covered = levels.map(
    (bucket, level) => `${tierRow('coverage', level)} - (${alignedPending(bucket)}) as c${level}`,
  );
  const dirty = levels.map((bucket, level) => dirtyKeys(context, bucket, level, ordinal));
  const columns = context.gold.map((g) => g.name).join(', ');
  const finished = (alias: string) => context.gold.map((g) => `, ${g.finish(alias)} as ${g.name}`).join('');
  return `create or replace view ${names.gold[ordinal]} (bucket${context.dimensions.map((d) => `, ${d.name}`).join('')}, ${columns}) as
with pending as materialized (
  select coalesce(range_agg(p.range), '{}') as ranges,
    (select sealed from rollup.timeseries_rollup_config where name = ${quoteLiteral(definition.name)}) as sealed from (
    select range from rollup.dirty_range where rollup = ${quoteLiteral(definition.name)}
    union all
    select rollup.partition_range(pg_get_expr(c.relpartbound, c.oid))
      from pg_partition_tree(${quoteLiteral(quoteName(definition.source.table))}::regclass) l join pg_class c on c.oid = l.relid
     where l.level > 0 and not exists (
       select from rollup.source_leaf k where k.rollup = ${quoteLiteral(definition.name)} and k.relid = l.relid)
    union all
    select k.range from rollup.source_leaf k where k.rollup = ${quoteLiteral(definition.name)} and k.range = tstzrange('-infinity', null)
       and not exists (select from pg_partition_tree(${quoteLiteral(quoteName(definition.source.table))}::regclass) l where l.relid = k.relid)) p),
covered as materialized (
  select ${covered.join(',\n    ')},
    sealed, ${tierRow('retained_from', ordinal)} as retained_from
  from pending),
shares as materialized (
  select covered.*${shares(ordinal)} from covered),
${dirty.join(',\n')}
select t.bucket${dimensionList(context, 't')}${finished('t')}
  from ${names.silver[ordinal]} t
 where t.bucket <@ (select c${ordinal} from shares)
   and not exists (select from dirty${ordinal} k where k.bucket = t.bucket${sameKey(context, 'k', 't')})
union all
select m.bucket${dimensionList(context, 'm')}${finished('m')} from (
  select u.bucket${dimensionList(context, 'u')}${statesMerged(context, 'u')} from (
    ${restArms(context, ordinal).join('\n    union all\n    ')}
  ) u ${groupBy(context)}
) m;`;
}

/** Pending ranges widened to this tier's buckets; aggregates of sealed ranges stay, whatever happens to the source. */
function alignedPending(bucket: BucketSql): string {
  return `select coalesce(range_agg(tstzrange(${bucket.start('r.lower_at')}, ${bucket.ceiling('r.upper_at')})), '{}') - pending.sealed from rollup.ranges(pending.ranges) r`;
}

/** Multiranges: `p<j>` what tier j answers for this tier, and `rest` what only the source can answer. */
function shares(ordinal: number): string {
  const all = 'tstzmultirange(tstzrange(retained_from, null))';
  let rest = `(${all} - c${ordinal})`;
  const parts: string[] = [];
  for (let level = ordinal - 1; level >= 0; level--) {
    parts.push(`${rest} * c${level} as p${level}`);
    rest = `(${rest} - c${level})`;
  }
  parts.push(`c${ordinal} as p${ordinal}`, `${rest} - sealed as rest`);
  return `, ${parts.join(', ')}`;
}

/** Keys of a level that are dirty and that this view would otherwise read from that level's table. */
function dirtyKeys(context: Context, bucket: BucketSql, level: number, ordinal: number): string {
  const name = level === ordinal ? `c${level}` : `p${level}`;
  return `dirty${level} as materialized (
  select distinct ${bucket.start('d.bucket')} as bucket${dimensionList(context, 'd')} from ${context.names.dirty} d
   where ${bucket.start('d.bucket')} <@ (select ${name} from shares) and not d.bucket <@ (select sealed from shares))`;
}

function restArms(context: Context, ordinal: number): string[] {
  const { names, time } = context;
  const target = context.buckets[ordinal] as BucketSql;
  const arms: string[] = [];
  for (let level = ordinal - 1; level >= 0; level--) {
    arms.push(`select ${target.start('t.bucket')} as bucket${dimensionList(context, 't')}${stateList(context, 't')}
      from rollup.ranges((select p${level} from shares)) r
      join ${names.silver[level]} t on t.bucket >= r.lower_at and t.bucket < r.upper_at
     where not exists (select from dirty${level} k where k.bucket = t.bucket${sameKey(context, 'k', 't')})`);
  }
  for (let level = ordinal; level >= 0; level--) {
    const keyed = statesOfKeys(context, {
      keys: `dirty${level}`,
      bucket: context.buckets[level] as BucketSql,
      from: names.source,
      time,
      states: statesFromSource(context),
    });
    arms.push(
      level === ordinal
        ? `select * from (${keyed}) x`
        : `select ${target.start('x.bucket')}${dimensionList(context, 'x')}${stateList(context, 'x')} from (${keyed}) x`,
    );
  }
  // `<=` and `<@`: the last range has no end, and a row may be at infinity.
  arms.push(`select ${target.start(`s.${time}`)}${dimensionList(context, 's')}${statesFromSource(context)}
      from rollup.ranges((select rest from shares)) r
      join ${names.source} s on s.${time} >= r.lower_at and s.${time} <= r.upper_at and s.${time} <@ r.range ${groupBy(context)}`);
  return arms;
}

/** Comment on a gold view, shown by psql and dashboards. */
export function viewComment(context: Context, ordinal: number): string {
  const tier = context.definition.tiers[ordinal];
  const zone = tier?.timeZone === null ? 'UTC' : tier?.timeZone;
  return `comment on view ${context.names.gold[ordinal]} is ${quoteLiteral(
    `${context.definition.name} every ${tier?.every} (${zone}): equals the GROUP BY over ${quoteIdent(context.definition.source.table.schema)}.${quoteIdent(context.definition.source.table.table)} in every snapshot.`,
  )};`;
}
