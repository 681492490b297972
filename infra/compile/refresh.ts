import type { RollupStatements, TierStatements } from '../model/compiled';
import { type Context, dimensionList, equalKey, hasNull, type Level, sameKey } from './context';
import { groupBy, statesFromSource, statesMerged, statesOfKeys } from './rows';

/** Statements of the whole rollup. Parameters are named in each. */
export function rollupStatements(context: Context): RollupStatements {
  const { source, dirty, late, time } = context;
  return {
    // $1 most rows to take, $2 sealed ranges. One snapshot takes the keys; whatever commits later stays in the log.
    consumeDirty: `with consumed as (
  delete from ${dirty} where ctid = any (array(select ctid from ${dirty} limit $1)) returning *),
keys as (select distinct * from consumed)
select (select count(*) from consumed), coalesce(array_agg(keys::text), '{}'), min(bucket), max(bucket),
  count(*) filter (where bucket <@ $2) from keys`,
    // $1 most rows to take
    consumeLate: `with consumed as (
  delete from ${late} where ctid = any (array(select ctid from ${late} limit $1)) returning *)
select coalesce(array_agg(consumed::text), '{}'), coalesce(sum(row_count), 0)::bigint from consumed`,
    // $1 lower bound (inclusive)
    sourceFloor: `select min(s.${time}) from ${source} s where s.${time} >= $1 and s.${time} > '-infinity'`,
    // $1 upper bound (exclusive), $2 lower bound (inclusive)
    sourceBefore: `select max(s.${time}) from ${source} s where s.${time} < $1 and s.${time} >= $2`,
  };
}

/** Statements of one tier. */
export function tierStatements(context: Context, level: Level): TierStatements {
  const { bucket, table, ordinal } = level;
  const below = context.levels[ordinal - 1];
  const fromSource = { from: context.source, time: context.time, states: statesFromSource(level) };
  const fromBelow =
    below === undefined ? null : { from: below.table, time: 'bucket', states: statesMerged(level, 's') };
  return {
    recompute: recompute(context, level, fromSource, fromBelow),
    materialize: materialize(level, fromBelow ?? fromSource),
    materializeFromSource: materialize(level, fromSource),
    // $1 lower (inclusive), $2 upper (exclusive)
    clear: `delete from ${table} where bucket >= $1 and bucket < $2`,
    mergeLate: mergeLate(context, level),
    bucketStart: `select ${bucket.start('$1::timestamptz')}`,
    bucketCeiling: `select ${bucket.ceiling('$1::timestamptz')}`,
  };
}

/** Rows that states are computed from: where, their time column, the aggregates over them. */
interface Rows {
  readonly from: string;
  readonly time: string;
  readonly states: string;
}

const keyList = (level: Level): string => `${level.dimensions.map((d) => `${d.name}, `).join('')}bucket`;

const columnList = (level: Level): string =>
  `bucket${level.dimensions.map((d) => `, ${d.name}`).join('')}${level.states.map((s) => `, ${s.name}`).join('')}`;

/**
 * $1 dirty keys (text[] of the dirty table's rows), $2 coverage of this tier, $3 coverage of the tier below (a bucket that it
 * does not hold whole comes from the source), $4 and $5 bounds of the source times that the keys can touch. Recomputes each
 * key whose bucket is materialized. Rows are compared by their bytes: 1.0 and 1.00 are equal numbers and different answers.
 */
function recompute(context: Context, level: Level, source: Rows, below: Rows | null): string {
  const { bucket, table } = level;
  const columns = columnList(level);
  const whole = `tstzrange(k.bucket, ${bucket.end('k.bucket')}) <@ $3`;
  const statesOf = (rows: Rows, where: string) => statesOfKeys(level, { keys: 'keys', ...rows, where });
  const sourceWithin = `s.${source.time} >= $4 and s.${source.time} < $5`;
  const states =
    below === null
      ? statesOf(source, `${sourceWithin} and $3::tstzmultirange is not null`)
      : `${statesOf(below, `${whole} and s.bucket >= $4 and s.bucket < $5`)}\n  union all\n  ${statesOf(source, `${sourceWithin} and not ${whole}`)}`;
  const assignments = level.states.map((s) => `${s.name} = excluded.${s.name}`).join(', ');
  const removals = removeVanished(level);
  const row = (alias: string) => `row(${level.states.map((s) => `${alias}.${s.name}`).join(', ')})`;
  return `with keys as materialized (
  select distinct ${bucket.start('d.bucket')} as bucket${dimensionList(level, 'd')}
    from unnest($1::${context.dirty}[]) d where ${bucket.start('d.bucket')} <@ $2),
fresh as materialized (
  ${states}),
written as (
  insert into ${table} as t (${columns})
  select ${columns} from fresh order by ${keyList(level)}
  on conflict (${keyList(level)}) do update set ${assignments} where record_image_ne(${row('t')}, ${row('excluded')})
  returning 1),
vanished as materialized (
  select * from keys except select bucket${dimensionList(level, 'fresh')} from fresh)${removals.map((r) => `,\n${r.name} as (\n  ${r.sql}\n  returning 1)`).join('')}
select (select count(*) from keys) as keys, (select count(*) from written) as written, ${removals.map((r) => `(select count(*) from ${r.name})`).join(' + ')} as removed`;
}

/** Deletes of keys that have no source rows any more: by plain equality, which the key's index serves, and with NULLs. */
function removeVanished(level: Level): readonly { name: string; sql: string }[] {
  const remove = (match: string, condition: string) =>
    `delete from ${level.table} t using vanished k where t.bucket = k.bucket${match} and ${condition}`;
  if (level.dimensions.length === 0) return [{ name: 'gone', sql: remove('', 'true') }];
  return [
    { name: 'gone', sql: remove(equalKey(level, 'k', 't'), `not ${hasNull(level, 'k')}`) },
    { name: 'gone_null', sql: remove(sameKey(level, 'k', 't'), hasNull(level, 'k')) },
  ];
}

/** $1 lower (inclusive), $2 upper (exclusive), both bucket boundaries. In key order: ordered writes are much cheaper. */
function materialize(level: Level, { from, time, states }: Rows): string {
  const order = [...level.dimensions.map((_, index) => index + 2), 1].join(', ');
  // The fence keeps the planner from sorting the source in order to group it: hashing it and sorting the groups is cheaper.
  return `insert into ${level.table} (${columnList(level)})
select * from (select ${level.bucket.start(`s.${time}`)}${dimensionList(level, 's')}${states}
  from ${from} s where s.${time} >= $1 and s.${time} < $2 ${groupBy(level)} offset 0) x order by ${order}`;
}

/** $1 late rows (text[] of the late table's rows), $2 retained_from of this tier. Adds their state to the kept aggregates. */
function mergeLate(context: Context, level: Level): string {
  const { bucket, table, states } = level;
  const assignments = states
    .map((s) => `${s.name} = ${s.combine(`t.${s.name}`, `excluded.${s.name}`)}`)
    .join(', ');
  return `insert into ${table} as t (${columnList(level)})
select * from (select ${bucket.start('l.bucket')} as bucket${dimensionList(level, 'l')}${statesMerged(level, 'l')}
  from unnest($1::${context.late}[]) l where ${bucket.start('l.bucket')} >= $2 ${groupBy(level)}) m
on conflict (${keyList(level)}) do update set ${assignments}`;
}

/** For the row that the gold view of a plain GROUP BY would give; used by audits. */
export function directSelect(context: Context, level: Level): string {
  const gold = context.gold.map((column) => `, ${column.direct} as ${column.name}`).join('');
  return `select ${level.bucket.start(`s.${context.time}`)} as bucket${dimensionList(level, 's')}${gold}
  from ${context.source} s ${groupBy(level)}`;
}
