/**
 * The normalized rollup definition: what `definition/` produces and everything after it reads.
 * Plain readonly data, JSON-safe, in a deterministic order, with every default filled in.
 *
 * Each form is stated once, as a schema that data from outside (a state, a program) is read by; its type is inferred. What the
 * values may be is decided by the rules for files.
 */
import { z } from 'zod';

import { AGGREGATES } from './aggregates/registry';

/** Canonical interval text: one positive whole number and one unit, the largest that divides it. */
export type IntervalText = string;

const interval: z.ZodType<IntervalText> = z.string();

/** Absent means null: Pulumi may drop members that are null. */
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable().default(null);

export const QualifiedName = z.strictObject({ schema: z.string(), table: z.string() }).readonly();
export type QualifiedName = z.infer<typeof QualifiedName>;

/** A column Tidemark creates when the definition says `source.columns`. */
export const ColumnDefinition = z
  .strictObject({
    name: z.string(),
    /** PostgreSQL type text from a fixed list, such as `double precision`. */
    type: z.string(),
    nullable: z.boolean(),
  })
  .readonly();
export type ColumnDefinition = z.infer<typeof ColumnDefinition>;

export const PartitionDefinition = z
  .strictObject({
    every: interval,
    /** null: source partitions are kept for ever. */
    retention: orNull(interval),
  })
  .readonly();
export type PartitionDefinition = z.infer<typeof PartitionDefinition>;

export const MeasureDefinition = z
  .strictObject({
    /** Source column, or `*` for the rows themselves (only `count`, shown as `row_count`). */
    column: z.string(),
    /** In the order of AGGREGATES, without duplicates. */
    aggregates: z.array(z.enum(AGGREGATES)).readonly(),
  })
  .readonly();
export type MeasureDefinition = z.infer<typeof MeasureDefinition>;

export const TierDefinition = z
  .strictObject({
    every: interval,
    /** IANA zone of calendar buckets (months and years always have one); null: fixed-length buckets, aligned in UTC. */
    timeZone: orNull(z.string()),
    /** null: for ever. */
    retention: orNull(interval),
    /** Short name of the grain, such as `1h`, `15m`, `1d`, `1w`, `1mo`, `500ms`; silver and gold are `<rollup>_<suffix>`. */
    suffix: z.string(),
  })
  .readonly();
export type TierDefinition = z.infer<typeof TierDefinition>;

const SourceDefinition = z
  .strictObject({
    table: QualifiedName,
    time: z.string(),
    /** null: the table must exist. */
    columns: orNull(z.array(ColumnDefinition).readonly()),
    partition: orNull(PartitionDefinition),
    /** `rows`: row-level capture enabled ALWAYS, for sources that logical replication writes. */
    capture: z.enum(['statements', 'rows']),
  })
  .readonly();

const RefreshDefinition = z
  .strictObject({
    /** Five-field cron in the server's cron time zone (GMT on RDS), or `N seconds` (1 to 59). */
    schedule: z.string(),
    /** May be `0 seconds`. */
    lag: interval,
  })
  .readonly();

export const RollupDefinition = z
  .strictObject({
    name: z.string(),
    source: SourceDefinition,
    dimensions: z.array(z.string()).readonly(),
    measures: z.array(MeasureDefinition).readonly(),
    /** Finest first. */
    tiers: z.array(TierDefinition).readonly(),
    refresh: RefreshDefinition,
    onDelete: z.enum(['retain', 'drop']),
  })
  .readonly();
export type RollupDefinition = z.infer<typeof RollupDefinition>;

/** The columns of the source that a definition names, `*` among them where rows are counted. */
export function namedColumns({ source, dimensions, measures }: RollupDefinition): readonly string[] {
  return [...new Set([source.time, ...dimensions, ...measures.map(({ column }) => column)])];
}

/**
 * The wanted definition with its measures in the order that they have now, where they are the same: the order in which a file
 * has its keys means nothing, and the columns of views that others use stay where they are.
 */
export function inOrderOf(present: RollupDefinition, wanted: RollupDefinition): RollupDefinition {
  const text = ({ column, aggregates }: MeasureDefinition) => JSON.stringify([column, aggregates]);
  const sorted = ({ measures }: RollupDefinition) => measures.map(text).sort().join();
  return sorted(present) === sorted(wanted) ? { ...wanted, measures: present.measures } : wanted;
}
