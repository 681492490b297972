import type { RollupStatements, TierStatements } from '../model/compiled';
import type { BucketSql } from './buckets';
import { type Context, dimensionList, equalKey, hasNull, sameKey } from './context';
import { groupBy, statesFromSource, statesMerged, statesOfKeys } from './rows';

/** Statements of the whole rollup. Parameters are named in each. */
export function rollupStatements(context: Context): RollupStatements {
  const { names, time } = context;
  return {
    // $1 most rows to take, $2 sealed ranges. One snapshot takes the keys; whatever commits later stays in the log.
    consumeDirty: `with consumed as (
  delete from ${names.dirty} where ctid = any (array(select ctid from ${names.dirty} limit $1)) returning *),
keys as (select distinct * from consumed)
select (select count(*) from consumed), coalesce(array_agg(keys::text), '{}'), min(bucket), max(bucket),
  count(*) filter (where bucket <@ $2) from keys`,
    // $1 most rows to take
    consumeLate: `with consumed as (
  delete from ${names.late} where ctid = any (array(select ctid from ${names.late} limit $1)) returning *)
select coalesce(array_agg(consumed::text), '{}'), coalesce(sum(row_count), 0)::bigint from consumed`,
    // $1 lower bound (inclusive)
    sourceFloor: `select min(s.${time}) from ${names.source} s where s.${time} >= $1 and s.${time} > '-infinity'`,
    // $1 upper bound (exclusive), $2 lower bound (inclusive)
    sourceBefore: `select max(s.${time}) from ${names.source} s where s.${time} < $1 and s.${time} >= $2`,
  };
}

/** Statements of one tier. */
export function tierStatements(context: Context, ordinal: number): TierStatements {
  const bucket = context.buckets[ordinal] as BucketSql;
  const silver = context.names.silver[ordinal] as string;
  const columns = `bucket${context.dimensions.map((d) => `, ${d.name}`).join('')}${context.states.map((s) => `, ${s.name}`).join('')}`;
  return {
    recompute: recompute(context, ordinal, columns),
    materialize: materialize(context, ordinal, columns),
    materializeFromSource: materializeFrom(
      context,
      bucket,
      silver,
      columns,
      context.names.source,
      context.time,
      statesFromSource(context),
    ),
    // $1 lower (inclusive), $2 upper (exclusive)
    clear: `delete from ${silver} where bucket >= $1 and bucket < $2`,
    mergeLate: mergeLate(context, bucket, silver, columns),
    bucketStart: `select ${bucket.start('$1::timestamptz')}`,
    bucketCeiling: `select ${bucket.ceiling('$1::timestamptz')}`,
  };
}

const keyList = (context: Context): string =>
  `${context.dimensions.map((d) => `${d.name}, `).join('')}bucket`;

/**
 * $1 dirty keys (text[] of the dirty table's rows), $2 coverage of this tier, $3 coverage of the tier below (a bucket that it
 * does not hold whole comes from the source), $4 and $5 bounds of the source times that the keys can touch. Recomputes each
 * key whose bucket is materialized. Rows are compared by their bytes: 1.0 and 1.00 are equal numbers and different answers.
 */
function recompute(context: Context, ordinal: number, columns: string): string {
  const bucket = context.buckets[ordinal] as BucketSql;
  const silver = context.names.silver[ordinal] as string;
  const fromSource = (where?: string) =>
    statesOfKeys(context, {
      keys: 'keys',
      bucket,
      from: context.names.source,
      time: context.time,
      states: statesFromSource(context),
      where: `s.${context.time} >= $4 and s.${context.time} < $5${where === undefined ? '' : ` and ${where}`}`,
    });
  const fromBelow = () =>
    statesOfKeys(context, {
      keys: 'keys',
      bucket,
      from: context.names.silver[ordinal - 1] as string,
      time: 'bucket',
      states: statesMerged(context, 's'),
      where: `tstzrange(k.bucket, ${bucket.end('k.bucket')}) <@ $3 and s.bucket >= $4 and s.bucket < $5`,
    });
  const states =
    ordinal === 0
      ? fromSource('$3::tstzmultirange is not null')
      : `${fromBelow()}\n  union all\n  ${fromSource(`not tstzrange(k.bucket, ${bucket.end('k.bucket')}) <@ $3`)}`;
  const assignments = context.states.map((s) => `${s.name} = excluded.${s.name}`).join(', ');
  const removals = removeVanished(context, silver);
  const row = (alias: string) => `row(${context.states.map((s) => `${alias}.${s.name}`).join(', ')})`;
  return `with keys as materialized (
  select distinct ${bucket.start('d.bucket')} as bucket${dimensionList(context, 'd')}
    from unnest($1::${context.names.dirty}[]) d where ${bucket.start('d.bucket')} <@ $2),
fresh as materialized (
  ${states}),
written as (
  insert into ${silver} as t (${columns})
  select ${columns} from fresh order by ${keyList(context)}
  on conflict (${keyList(context)}) do update set ${assignments} where record_image_ne(${row('t')}, ${row('excluded')})
  returning 1),
vanished as materialized (
  select * from keys except select bucket${dimensionList(context, 'fresh')} from fresh)${removals.map((r) => `,\n${r.name} as (\n  ${r.sql}\n  returning 1)`).join('')}
select (select count(*) from keys) as keys, (select count(*) from written) as written, ${removals.map((r) => `(select count(*) from ${r.name})`).join(' + ')} as removed`;
}

/** Deletes of keys that have no source rows any more: by plain equality, which the key's index serves, and with NULLs. */
function removeVanished(context: Context, silver: string): readonly { name: string; sql: string }[] {
  const remove = (match: string, condition: string) =>
    `delete from ${silver} t using vanished k where t.bucket = k.bucket${match} and ${condition}`;
  if (context.dimensions.length === 0) return [{ name: 'gone', sql: remove('', 'true') }];
  return [
    { name: 'gone', sql: remove(equalKey(context, 'k', 't'), `not ${hasNull(context, 'k')}`) },
    { name: 'gone_null', sql: remove(sameKey(context, 'k', 't'), hasNull(context, 'k')) },
  ];
}

function materialize(context: Context, ordinal: number, columns: string): string {
  const bucket = context.buckets[ordinal] as BucketSql;
  const silver = context.names.silver[ordinal] as string;
  return ordinal === 0
    ? materializeFrom(
        context,
        bucket,
        silver,
        columns,
        context.names.source,
        context.time,
        statesFromSource(context),
      )
    : materializeFrom(
        context,
        bucket,
        silver,
        columns,
        context.names.silver[ordinal - 1] as string,
        'bucket',
        statesMerged(context, 's'),
      );
}

/** $1 lower (inclusive), $2 upper (exclusive), both bucket boundaries. In key order: ordered writes are much cheaper. */
function materializeFrom(
  context: Context,
  bucket: BucketSql,
  silver: string,
  columns: string,
  from: string,
  time: string,
  states: string,
): string {
  const order = [...context.dimensions.map((_, index) => index + 2), 1].join(', ');
  // The fence keeps the planner from sorting the source in order to group it: hashing it and sorting the groups is cheaper.
  return `insert into ${silver} (${columns})
select * from (select ${bucket.start(`s.${time}`)}${dimensionList(context, 's')}${states}
  from ${from} s where s.${time} >= $1 and s.${time} < $2 ${groupBy(context)} offset 0) x order by ${order}`;
}

/** $1 late rows (text[] of the late table's rows), $2 retained_from of this tier. Adds their state to the kept aggregates. */
function mergeLate(context: Context, bucket: BucketSql, silver: string, columns: string): string {
  const assignments = context.states
    .map((s) => `${s.name} = ${s.combine(`t.${s.name}`, `excluded.${s.name}`)}`)
    .join(', ');
  return `insert into ${silver} as t (${columns})
select * from (select ${bucket.start('l.bucket')} as bucket${dimensionList(context, 'l')}${statesMerged(context, 'l')}
  from unnest($1::${context.names.late}[]) l where ${bucket.start('l.bucket')} >= $2 ${groupBy(context)}) m
on conflict (${keyList(context)}) do update set ${assignments}`;
}

/** For the row that the gold view of a plain GROUP BY would give; used by audits. */
export function directSelect(context: Context, ordinal: number): string {
  const bucket = context.buckets[ordinal] as BucketSql;
  const gold = context.gold.map((column) => `, ${column.direct} as ${column.name}`).join('');
  return `select ${bucket.start(`s.${context.time}`)} as bucket${dimensionList(context, 's')}${gold}
  from ${context.names.source} s ${groupBy(context)}`;
}
