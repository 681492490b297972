import { quoteLiteral } from '../model/names';
import { type Context, finerThan, type Level } from './context';
import { dimensionColumns, keyOf, sameKey } from './keys';
import { fromSource, groupBy, stateColumns, statesFromSource, statesMerged, statesOfKeys } from './rows';
import { shareOf, shares } from './shares';
import { brackets, conditions, list, type Named, select, unionAll, withNamed } from './text';

/**
 * The gold view of a tier: correct in every snapshot. It reads coverage and dirty keys in the reader's own snapshot and
 * answers from
 *   1. silver rows of this tier that are covered and clean;
 *   2. for what this tier does not cover: clean rows of the finer tiers, finest last;
 *   3. the source, for dirty keys, and for what no tier covers.
 * Parts 2 and 3 are merged, since a bucket at an edge of coverage can have a share of each. PostgreSQL keeps the names of
 * the parts and no comments.
 */
export function createView(context: Context, level: Level): string {
  const columns = ['bucket', ...level.dimensions.map((d) => d.name), ...context.gold.map((g) => g.name)];
  const finished = (from: string, alias: string) =>
    select(
      [...keyOf(level, alias), ...context.gold.map((g) => `${g.finish(alias)} as ${g.name}`)],
      `from ${from} ${alias}`,
    );
  const finer = finerThan(context, level);
  const levels = [level, ...finer];
  const parts = [
    ...finer.map((of) => fromFiner(of, level)),
    ...levels.map((of) => freshFromSource(context, of, level)),
    {
      name: 'from_source',
      sql: fromSource(context, level, 'rollup.ranges((select share_source from shares))'),
    },
    byName(context, level),
  ];
  const merged = select(
    [...keyOf(level, 'u'), ...statesMerged(level, 'u')],
    `from ${brackets(unionAll(parts.map(({ name }) => `select * from ${name}`)))} u`,
    groupBy(level),
  );
  const query = withNamed(
    [
      ...shares(context, level),
      ...levels.toReversed().map((of) => dirtyKeys(context, of)),
      fromTier(level),
      ...parts,
      { name: 'merged', sql: merged },
    ],
    unionAll([finished('from_tier', 't'), finished('merged', 'm')]),
  );
  return `create or replace view ${level.view} ${brackets(columns.join(',\n'))} as\n${query};`;
}

const dirtyOf = ({ tier }: Level): string => `dirty_${tier.suffix}`;

/** Keys of a level that are dirty and that the view would otherwise read from that level's table. */
function dirtyKeys(context: Context, level: Level): Named {
  const start = level.bucket.start('d.bucket');
  const sql = [
    list('select distinct', [`${start} as bucket`, ...dimensionColumns(level, 'd')]),
    `from ${context.dirty} d`,
    conditions('where', [
      `${start} <@ (select ${shareOf(level)} from shares)`,
      'not d.bucket <@ (select sealed from shares)',
    ]),
  ].join('\n');
  return { name: dirtyOf(level), materialized: true, sql };
}

/** True for rows `t` of a level's table that are not dirty. */
function isClean(level: Level): string {
  const same = conditions('where', ['k.bucket = t.bucket', ...sameKey(level, 'k', 't')]);
  return `not exists ${brackets(`select from ${dirtyOf(level)} k\n${same}`)}`;
}

function fromTier(level: Level): Named {
  const sql = select(
    [...keyOf(level, 't'), ...stateColumns(level, 't')],
    `from ${level.table} t`,
    conditions('where', [`t.bucket <@ (select ${shareOf(level)} from shares)`, isClean(level)]),
  );
  return { name: 'from_tier', sql };
}

/** Key and state of rows of a finer level, as parts of a coarser level's buckets. */
const asPartsOf = (level: Level, alias: string): readonly string[] => [
  `${level.bucket.start(`${alias}.bucket`)} as bucket`,
  ...dimensionColumns(level, alias),
  ...stateColumns(level, alias),
];

function fromFiner(finer: Level, level: Level): Named {
  const sql = select(
    asPartsOf(level, 't'),
    `from rollup.ranges((select ${shareOf(finer)} from shares)) r`,
    `join ${finer.table} t`,
    conditions('  on', ['t.bucket >= r.lower_at', 't.bucket < r.upper_at']),
    conditions('where', [isClean(finer)]),
  );
  return { name: `from_finer_${finer.tier.suffix}`, sql };
}

/** Dirty keys of this or a finer level, computed from the source. */
function freshFromSource(context: Context, of: Level, level: Level): Named {
  const { source, time } = context;
  const from = { table: source, time, states: statesFromSource(of) };
  const keyed = statesOfKeys(of, { keys: dirtyOf(of), from });
  const sql = of === level ? keyed : select(asPartsOf(level, 'x'), `from ${brackets(keyed)} x`);
  return { name: `fresh_${of.tier.suffix}`, sql };
}

/** What the source holds, by the present names of the source and its columns, where they mean others than the view was made for. */
function byName({ definition }: Context, level: Level): Named {
  const columns = [
    'bucket timestamptz',
    ...level.dimensions.map(
      (d) => `${d.name} ${d.type}${d.collation === null ? '' : ` collate ${d.collation}`}`,
    ),
    ...level.states.map((s) => `${s.name} ${s.type}`),
  ];
  const call = `rollup.rows_by_name(${quoteLiteral(definition.name)}, ${level.ordinal}, (select share_names from shares))`;
  const sql = select(
    ['n.*'],
    `from ${call} as n${brackets(columns.join(',\n'))}`,
    "where (select share_names from shares) <> '{}'",
  );
  return { name: 'by_name', sql };
}

/** Comment on a gold view, shown by psql and dashboards. */
export function viewComment({ definition, source }: Context, { view, tier }: Level): string {
  return `comment on view ${view} is ${quoteLiteral(
    `${definition.name} every ${tier.every} (${tier.timeZone ?? 'UTC'}): equals the GROUP BY over ${source} in every snapshot.`,
  )};`;
}
