import type { RollupStatements, TierStatements } from '../model/compiled';
import { quoteLiteral } from '../model/names';
import { type Context, finerThan, type Level } from './context';
import { dimensionColumns } from './keys';
import { recompute } from './recompute';
import { fromSource, groupBy, insertInto, keyList, type Rows, statesFromSource, statesMerged } from './rows';
import { brackets, conditions, list, select, withNamed } from './text';

/** Statements of the whole rollup. Parameters are named in each. */
export function rollupStatements(context: Context): RollupStatements {
  const { definition, source, dirty, late, time } = context;
  const taken = (log: string, ...where: readonly string[]) =>
    [
      `delete from ${log}`,
      `where ctid = any (array${brackets([`select l.ctid from ${log} l`, ...where, 'limit $1'].join('\n'))})`,
      'returning *',
    ].join('\n');
  // What is set aside stays in the log for readers.
  const due = `where not exists ${brackets(
    [
      'select from rollup.set_aside a',
      conditions('where', [
        `a.rollup = ${quoteLiteral(definition.name)}`,
        'a.log_row = l.ctid',
        'a.retry_at > now()',
      ]),
    ].join('\n'),
  )}`;
  return {
    // $1 most rows to take, $2 sealed ranges. One snapshot takes the keys; whatever commits later stays in the log.
    consumeDirty: withNamed(
      [
        { name: 'consumed', sql: taken(dirty, due) },
        { name: 'keys', sql: 'select distinct * from consumed' },
      ],
      select(
        [
          '(select count(*) from consumed) as total',
          "coalesce(array_agg((keys.*)::text), '{}') as keys",
          'min(bucket) as first',
          'max(bucket) as last',
          'count(*) filter (where bucket <@ $2) as sealed',
        ],
        'from keys',
      ),
    ),
    // $1 most rows to take
    consumeLate: withNamed(
      [{ name: 'consumed', sql: taken(late) }],
      select(
        [
          "coalesce(array_agg((consumed.*)::text), '{}') as rows",
          'coalesce(sum(row_count), 0)::bigint as total',
        ],
        'from consumed',
      ),
    ),
    // $1 lower bound (inclusive)
    sourceFloor: `select min(s.${time}) from ${source} s where s.${time} >= $1 and s.${time} > '-infinity'`,
    // $1 upper bound (exclusive), $2 lower bound (inclusive)
    sourceBefore: `select max(s.${time}) from ${source} s where s.${time} < $1 and s.${time} >= $2`,
  };
}

/** Statements of one tier. */
export function tierStatements(context: Context, level: Level): TierStatements {
  const { bucket, table } = level;
  const source = sourceRows(context, level);
  const [below] = finerThan(context, level);
  const finer = below === undefined ? null : stateRows(below, level);
  return {
    recompute: recompute(context, level, source, finer),
    materialize: materializeFrom(level, finer ?? source),
    materializeFromSource: materializeFrom(level, source),
    keys: keysFrom(level, finer ?? source),
    keysFromSource: keysFrom(level, source),
    // $1 lower (inclusive), $2 upper (exclusive)
    clear: `delete from ${table} where bucket >= $1 and bucket < $2`,
    mergeLate: mergeLate(context, level),
    // $1 ranges of time; reads a query called `source` whose columns have the names of the definition
    byName: fromSource({ ...context, source: 'source' }, level, 'rollup.ranges($1)'),
    bucketStart: `select ${bucket.start('$1::timestamptz')}`,
    bucketCeiling: `select ${bucket.ceiling('$1::timestamptz')}`,
  };
}

const sourceRows = (context: Context, level: Level): Rows => ({
  table: context.source,
  time: context.time,
  states: statesFromSource(level),
});

/** The rows of a finer level, as what a level is aggregated from. */
const stateRows = (finer: Level, level: Level): Rows => ({
  table: finer.table,
  time: 'bucket',
  states: statesMerged(level, 's'),
});

/** $1 lower (inclusive), $2 upper (exclusive), both bucket boundaries. In key order: ordered writes are much cheaper. */
function materializeFrom(level: Level, { table, time, states }: Rows): string {
  const order = [...level.dimensions.map((_, index) => index + 2), 1].join(', ');
  const buckets = select(
    [`${level.bucket.start(`s.${time}`)} as bucket`, ...dimensionColumns(level, 's'), ...states],
    `from ${table} s`,
    conditions('where', [`s.${time} >= $1`, `s.${time} < $2`]),
    groupBy(level),
    '-- A fence: without it all rows are sorted to group them, which costs more than to hash them and sort the groups.',
    'offset 0',
  );
  return `${insertInto(level)}\nselect *\nfrom ${brackets(buckets)} fresh\norder by ${order}`;
}

/** $1 lower (inclusive), $2 upper (exclusive). The keys of that range, as text of rows of the log of dirty keys. */
function keysFrom(level: Level, { table, time }: Rows): string {
  const keys = [
    list('select distinct', [
      `${level.bucket.start(`s.${time}`)} as bucket`,
      ...dimensionColumns(level, 's'),
    ]),
    `from ${table} s`,
    conditions('where', [`s.${time} >= $1`, `s.${time} < $2`]),
  ].join('\n');
  return `select coalesce(array_agg((k.*)::text), '{}')\nfrom ${brackets(keys)} k`;
}

/** $1 late rows (text[] of the late table's rows), $2 retained_from of this tier. Adds their state to the kept aggregates. */
function mergeLate(context: Context, level: Level): string {
  const start = level.bucket.start('l.bucket');
  const late = select(
    [`${start} as bucket`, ...dimensionColumns(level, 'l'), ...statesMerged(level, 'l')],
    `from unnest($1::${context.late}[]) l`,
    `where ${start} >= $2`,
    groupBy(level),
  );
  const assignments = level.states.map(
    (s) => `${s.name} = ${s.combine(`t.${s.name}`, `excluded.${s.name}`)}`,
  );
  return [
    insertInto(level, ' as t'),
    late,
    list(`on conflict (${keyList(level)}) do update set`, assignments),
  ].join('\n');
}
