import type { RollupDefinition, TierDefinition } from '../model/definition';
import { compareIntervals } from '../model/interval';
import { quoteIdent, tierName } from '../model/names';
import type { Context, Keyed, Level } from './context';

const columnList = (keyed: Keyed, states: readonly { name: string; type: string }[]): string[] => [
  'bucket timestamptz not null',
  ...keyed.dimensions.map(
    (d) => `${d.name} ${d.type}${d.collation === null ? '' : ` collate ${d.collation}`}`,
  ),
  ...states.map((s) => `${s.name} ${s.type}`),
];

/** Partition interval of a tier's table: about a tenth of its retention. null: a plain table, kept for ever. */
export function partitionInterval(tier: TierDefinition): string | null {
  if (tier.retention === null) return null;
  const steps = ['1 hour', '1 day', '1 week', '1 month', '1 year'] as const;
  const least = ['10 hours', '10 days', '10 weeks', '10 months', '10 years'] as const;
  const index = least.findLastIndex((limit) => compareIntervals(tier.retention as string, limit) >= 0);
  return steps[Math.max(index, 0)] as string;
}

/** DDL of a tier's table in silver: bucket, dimensions, state; partitioned where the tier has a retention. */
export function createTierTable(context: Context, level: Level): string {
  const { table, tier } = level;
  const partitioned = partitionInterval(tier) === null ? '' : ' partition by range (bucket)';
  const key = [...level.dimensions.map((d) => d.name), 'bucket'].join(', ');
  const lines = [
    `create table ${table} (\n  ${columnList(level, level.states).join(',\n  ')}\n)${partitioned};`,
    `create unique index ${quoteIdent(`${tierName(context.definition, tier)}_key`)} on ${table} (${key}) nulls not distinct;`,
  ];
  if (level.dimensions.length > 0) {
    lines.push(
      `create index ${quoteIdent(`${tierName(context.definition, tier)}_bucket`)} on ${table} (bucket);`,
    );
  }
  return lines.join('\n');
}

/** DDL of the two logs that the capture trigger writes: dirty keys, and late rows of sealed buckets. */
export function createLogTables(context: Context): readonly string[] {
  const often =
    'with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_analyze_threshold = 1000)';
  return [
    `create table ${context.dirty} (\n  ${columnList(context, []).join(',\n  ')}\n) ${often};`,
    `create table ${context.late} (\n  ${columnList(context, context.states).join(',\n  ')},\n  row_count bigint not null\n) ${often};`,
  ];
}

/** DDL of a source that the definition describes by `columns`, or null if the table must exist. */
export function createSourceTable(definition: RollupDefinition, source: string): string | null {
  if (definition.source.columns === null) return null;
  const columns = definition.source.columns.map(
    (c) => `${quoteIdent(c.name)} ${c.type}${c.nullable ? '' : ' not null'}`,
  );
  const time = quoteIdent(definition.source.time);
  const partitioned = definition.source.partition === null ? '' : ` partition by range (${time})`;
  const series = definition.dimensions.map(quoteIdent);
  const indexes = [`create index on ${source} (${time});`];
  if (series.length > 0) indexes.push(`create index on ${source} (${[...series, time].join(', ')});`);
  return [`create table ${source} (\n  ${columns.join(',\n  ')}\n)${partitioned};`, ...indexes].join('\n');
}
