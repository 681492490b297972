/**
 * Every field of a definition, in the order in which differences are told: how it is shown, what a change of it comes to and
 * how it is applied. A field of the normal form that has no rule here does not compile.
 */
import type { Aggregate } from '../model/aggregates/registry';
import type {
  ColumnDefinition,
  IntervalText,
  MeasureDefinition,
  PartitionDefinition,
  QualifiedName,
  RollupDefinition,
  TierDefinition,
} from '../model/definition';
import { compareIntervals } from '../model/interval';
import { COLUMN_CHANGES, columns, columnText } from './columns';
import {
  type Hazard,
  identity,
  members,
  named,
  type Outcome,
  online,
  optional,
  type Rule,
  type Rules,
  refused,
  value,
  whole,
} from './rule';
import { partitionText, retentionText, tableText, zoneText } from './words';

const ANEW =
  'Give the changed definition a new name. Remove the old definition when the backfill of the new one is done.';
const rebuild = (what: string) => refused(what, 'rebuild', ANEW);

/** Partitions go when a retention gets shorter. From finite to for ever keeps the partitions there are. */
function retention(longer: Outcome, shorter: Outcome): Rule<IntervalText | null> {
  return value([longer, shorter], retentionText, (from, to) =>
    to !== null && (from === null || compareIntervals(to, from) < 0) ? shorter : longer,
  );
}

const table = whole<QualifiedName>([rebuild('another table')], { schema: true, table: true }, tableText);

const partition: Rules<PartitionDefinition> = {
  every: value([rebuild('another length')]),
  retention: retention(
    online(
      'longer',
      'pg_partman keeps partitions longer. Partitions that have been dropped do not come back.',
      'configuration',
      'partitions',
    ),
    refused(
      'shorter',
      'data-loss',
      'Source partitions would be dropped. If you want to lose these rows, drop the partitions yourself.',
    ),
  ),
};

/** One aggregate of one measure. */
type Measured = Omit<MeasureDefinition, 'aggregates'> & { readonly aggregate: Aggregate };
const measured: Rules<Measured> = { column: identity(), aggregate: identity() };
const measureText = ({ column, aggregate }: Measured) => `${column}.${aggregate}`;

/** Each aggregate of each measure by itself: `measures.delay.sum`. Their order means nothing: `inOrderOf` keeps the one that there is. */
const aggregates = named<Measured>({
  name: measureText,
  shown: measureText,
  removed: refused('aggregate removed', 'data-loss', `Its aggregated values would be dropped. ${ANEW}`),
  added: rebuild('aggregate added'),
  stays: members(measured),
  documented: (path) => path,
});

const each = (list: readonly MeasureDefinition[]): readonly Measured[] =>
  list.flatMap(({ aggregates: of, ...rest }) => of.map((aggregate) => ({ ...rest, aggregate })));

const measures: Rule<readonly MeasureDefinition[]> = {
  changes: (path, from, to) => aggregates.changes(path, each(from), each(to)),
  outcomes: aggregates.outcomes,
};

const tier: Rules<TierDefinition> = {
  every: identity(rebuild('another length: a tier removed and one added')),
  timeZone: value([rebuild('another zone')], zoneText),
  retention: retention(
    online(
      'longer',
      'Buckets are kept longer. Dropped buckets are computed again as far as the source still has their rows.',
      'configuration',
      'partitions',
    ),
    refused('shorter', 'data-loss', `Buckets would be dropped. ${ANEW}`),
  ),
  suffix: identity(),
};

const tiers = named<TierDefinition>({
  name: ({ suffix }) => suffix,
  shown: ({ every }) => every,
  removed: refused('tier removed', 'data-loss', `Its buckets would be dropped. ${ANEW}`),
  added: rebuild('tier added'),
  stays: members(tier),
  documented: (path) => `${path}[]`,
});

const column = whole<ColumnDefinition>(
  [COLUMN_CHANGES.changed],
  { name: true, type: true, nullable: true },
  columnText,
);

export const FIELDS: Rules<RollupDefinition> = {
  name: identity(
    online(
      'another name',
      'This is another rollup, which is filled from the source. The old one is retained or dropped as its `onDelete` says.',
    ),
  ),
  source: members<RollupDefinition['source']>({
    table,
    time: value([rebuild('another column')]),
    capture: value([rebuild('another kind')]),
    columns: columns(column),
    partition: optional(members(partition), rebuild('given or taken away'), partitionText),
  }),
  dimensions: value([rebuild('other columns, or another order')]),
  measures,
  tiers,
  refresh: members<RollupDefinition['refresh']>({
    schedule: value([online('any', 'The pg_cron job gets the new schedule.', 'configuration', 'schedule')]),
    lag: value([online('any', 'The new lag applies from the next refresh on.', 'configuration')]),
  }),
  onDelete: value([online('any', 'It takes effect when the definition is deleted.', 'configuration')]),
};

const HAZARDS: Readonly<Record<Hazard, string>> = {
  'data-loss': 'refused: loses data',
  rebuild: 'refused: needs a rebuild',
  'by-hand': 'by hand',
};

/** The table of all changes in docs/definition.md; changes of one key that come to the same share a row. */
export function changesTable(): string {
  const rows = new Map<string, { readonly path: string; readonly rest: string; what: string }>();
  for (const { path, what, hazard, parts, applied } of members(FIELDS).outcomes('')) {
    const made = hazard !== null ? HAZARDS[hazard] : parts.length === 0 ? 'beside' : 'in place';
    const rest = `${made} | ${applied}`;
    const row = rows.get(`${path} ${rest}`);
    if (row !== undefined) row.what += `; ${what}`;
    else rows.set(`${path} ${rest}`, { path, rest, what });
  }
  const lines = [...rows.values()].map(({ path, what, rest }) => `| \`${path}\` | ${what} | ${rest} |`);
  return ['| key | change | is made | how |', '| --- | --- | --- | --- |', ...lines].join('\n');
}
