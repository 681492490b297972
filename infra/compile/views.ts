import { quoteIdent, quoteLiteral, quoteName } from '../model/names';
import type { BucketSql } from './buckets';
import { type Context, dimensionList, type Level, sameKey } from './context';
import { groupBy, stateList, statesFromSource, statesMerged, statesOfKeys } from './rows';

/**
 * The gold view of a tier: correct in every snapshot. It reads coverage and dirty keys in the reader's own snapshot and
 * answers from
 *   1. silver rows of this tier that are covered and clean;
 *   2. for what this tier does not cover: clean rows of the finer tiers, finest last;
 *   3. the source, for dirty keys, and for what no tier covers.
 * Parts 2 and 3 are merged, since a bucket at an edge of coverage can have a share of each.
 */
export function createView(context: Context, level: Level): string {
  const { definition } = context;
  const { ordinal } = level;
  const levels = context.levels.slice(0, ordinal + 1);
  const tierRow = (column: string, ordinal: number) =>
    `(select ${column} from rollup.timeseries_tier where rollup = ${quoteLiteral(definition.name)} and ordinal = ${ordinal})`;
  const covered = levels.map(
    (l) => `${tierRow('coverage', l.ordinal)} - (${alignedPending(l.bucket)}) as c${l.ordinal}`,
  );
  const dirty = levels.map((l) => dirtyKeys(context, l, l === level ? 'c' : 'p'));
  const columns = context.gold.map((g) => g.name).join(', ');
  const finished = (alias: string) => context.gold.map((g) => `, ${g.finish(alias)} as ${g.name}`).join('');
  return `create or replace view ${level.view} (bucket${level.dimensions.map((d) => `, ${d.name}`).join('')}, ${columns}) as
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
select t.bucket${dimensionList(level, 't')}${finished('t')}
  from ${level.table} t
 where t.bucket <@ (select c${ordinal} from shares)
   and not exists (select from dirty${ordinal} k where k.bucket = t.bucket${sameKey(level, 'k', 't')})
union all
select m.bucket${dimensionList(level, 'm')}${finished('m')} from (
  select u.bucket${dimensionList(level, 'u')}${statesMerged(level, 'u')} from (
    ${restArms(context, level).join('\n    union all\n    ')}
  ) u ${groupBy(level)}
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

/** Keys of a level that are dirty and that this view would otherwise read from that level's table: its share `c` or `p`. */
function dirtyKeys(context: Context, level: Level, share: 'c' | 'p'): string {
  const { bucket, ordinal } = level;
  return `dirty${ordinal} as materialized (
  select distinct ${bucket.start('d.bucket')} as bucket${dimensionList(level, 'd')} from ${context.dirty} d
   where ${bucket.start('d.bucket')} <@ (select ${share}${ordinal} from shares) and not d.bucket <@ (select sealed from shares))`;
}

function restArms(context: Context, level: Level): string[] {
  const { source, time } = context;
  const { bucket } = level;
  const finer = context.levels.slice(0, level.ordinal).reverse();
  // Rows of a finer level have all the dimensions and states of this one.
  const clean = finer.map(
    (l) => `select ${bucket.start('t.bucket')} as bucket${dimensionList(level, 't')}${stateList(level, 't')}
      from rollup.ranges((select p${l.ordinal} from shares)) r
      join ${l.table} t on t.bucket >= r.lower_at and t.bucket < r.upper_at
     where not exists (select from dirty${l.ordinal} k where k.bucket = t.bucket${sameKey(l, 'k', 't')})`,
  );
  const recomputed = [level, ...finer].map((l) => {
    const keyed = statesOfKeys(l, {
      keys: `dirty${l.ordinal}`,
      from: source,
      time,
      states: statesFromSource(l),
    });
    return l === level
      ? `select * from (${keyed}) x`
      : `select ${bucket.start('x.bucket')}${dimensionList(level, 'x')}${stateList(level, 'x')} from (${keyed}) x`;
  });
  return [
    ...clean,
    ...recomputed,
    // `<=` and `<@`: the last range has no end, and a row may be at infinity.
    `select ${bucket.start(`s.${time}`)}${dimensionList(level, 's')}${statesFromSource(level)}
      from rollup.ranges((select rest from shares)) r
      join ${source} s on s.${time} >= r.lower_at and s.${time} <= r.upper_at and s.${time} <@ r.range ${groupBy(level)}`,
  ];
}

/** Comment on a gold view, shown by psql and dashboards. */
export function viewComment(context: Context, { tier, view }: Level): string {
  const zone = tier.timeZone === null ? 'UTC' : tier.timeZone;
  return `comment on view ${view} is ${quoteLiteral(
    `${context.definition.name} every ${tier.every} (${zone}): equals the GROUP BY over ${quoteIdent(context.definition.source.table.schema)}.${quoteIdent(context.definition.source.table.table)} in every snapshot.`,
  )};`;
}
