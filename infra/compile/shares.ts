import { quoteLiteral } from '../model/names';
import { type Context, finerThan, type Level } from './context';
import { brackets, type Named, select, unionAll } from './text';

/** Column of `shares`: the time that a view reads from this level's table. */
export const shareOf = ({ tier }: Level): string => `share_${tier.suffix}`;
const coveredBy = ({ tier }: Level): string => `covered_${tier.suffix}`;

/**
 * Who answers for which time in the view of a level: `shares`, one row of multiranges. Each tier answers for what it covers
 * and no coarser one does, the source for the rest, as `share_source`; `sealed` is what the source holds no longer.
 */
export function shares(context: Context, level: Level): readonly Named[] {
  const levels = [level, ...finerThan(context, level)];
  const covered = select(
    [
      ...levels
        .toReversed()
        .map((of) => `${trusted(tierValue(context, of, 'coverage'))} - ${pendingOf(of)} as ${coveredBy(of)}`),
      'sealed',
      'trust',
      `${tierValue(context, level, 'retained_from')} as retained_from`,
    ],
    'from pending',
  );
  return [
    { name: 'pending', materialized: true, sql: pending(context) },
    { name: 'covered', materialized: true, sql: covered },
    { name: 'shares', materialized: true, sql: shared(levels) },
  ];
}

/** Coverage, or what is left of it where changes may have passed unseen: what the source holds no longer. */
const trusted = (coverage: string): string =>
  `(case when trust = 'coverage' then ${coverage} else ${coverage} * sealed end)`;

const rollupName = ({ definition }: Context) => quoteLiteral(definition.name);

function tierValue(context: Context, { ordinal }: Level, column: 'coverage' | 'retained_from'): string {
  const value = `(select ${column} from rollup.timeseries_tier where rollup = ${rollupName(context)} and ordinal = ${ordinal})`;
  // Where somebody deleted the row, the source answers for everything.
  return `coalesce(${value}, ${column === 'coverage' ? "'{}'" : "'-infinity'"})`;
}

/** Ranges whose changes are in no log of keys yet: truncated, or of partitions that came or went since the last refresh. */
function pending(context: Context): string {
  const name = rollupName(context);
  const tree = `pg_partition_tree(${quoteLiteral(context.source)}::regclass)`;
  const truncated = select(['range'], 'from rollup.dirty_range', `where rollup = ${name}`);
  const attached = select(
    ['rollup.partition_range(pg_get_expr(c.relpartbound, c.oid))'],
    `from ${tree} l`,
    'join pg_class c on c.oid = l.relid',
    'where l.level > 0',
    `  and not exists (select from rollup.source_leaf k where k.rollup = ${name} and k.relid = l.relid)`,
  );
  const goneDefault = select(
    ['k.range'],
    'from rollup.source_leaf k',
    `where k.rollup = ${name}`,
    "  and k.range = tstzrange('-infinity', null)",
    `  and not exists (select from ${tree} l where l.relid = k.relid)`,
  );
  return select(
    [
      "coalesce(range_agg(p.range), '{}') as ranges",
      `coalesce((select sealed from rollup.timeseries_rollup_config where name = ${name}), '{}') as sealed`,
      `(select rollup.source_trust(${name})) as trust`,
    ],
    `from ${brackets(unionAll([truncated, attached, goneDefault]))} p`,
  );
}

/** Pending ranges widened to a level's buckets; aggregates of sealed ranges stay, whatever happens to the source. */
function pendingOf({ bucket }: Level): string {
  const range = `tstzrange${brackets([bucket.start('r.lower_at'), bucket.ceiling('r.upper_at')].join(',\n'))}`;
  return brackets(
    select([`coalesce(range_agg(${range}), '{}') - pending.sealed`], 'from rollup.ranges(pending.ranges) r'),
  );
}

/** From the coarsest level, whose view it is, to the finest. */
function shared(levels: readonly Level[]): string {
  const columns: string[] = [];
  // What this tier keeps, and no tier so far answers for.
  let rest = 'tstzmultirange(tstzrange(retained_from, null))';
  for (const of of levels) {
    columns.push(
      of === levels[0]
        ? `${coveredBy(of)} as ${shareOf(of)}`
        : `${rest} * ${coveredBy(of)} as ${shareOf(of)}`,
    );
    rest = `(${rest} - ${coveredBy(of)})`;
  }
  const source = `${rest} - sealed`;
  return select(
    [
      ...columns,
      `case when trust = 'names' then '{}' else ${source} end as share_source`,
      `case when trust = 'names' then ${source} else '{}' end as share_names`,
      'sealed',
    ],
    'from covered',
  );
}
