/**
 * The normalized rollup definition: what `definition/` produces and everything after it reads.
 * Plain readonly data, JSON-safe, in a deterministic order, with every default filled in.
 */

/** Canonical interval text: one positive whole number and one unit, the largest that divides it. */
export type IntervalText = string;

export const AGGREGATES = [
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'stddev',
  'variance',
  'first',
  'last',
  'bool_and',
  'bool_or',
] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export interface QualifiedName {
  readonly schema: string;
  readonly table: string;
}

/** A column Tidemark creates when the definition says `source.columns`. */
export interface ColumnDefinition {
  readonly name: string;
  /** PostgreSQL type text from a fixed list, such as `double precision`. */
  readonly type: string;
  readonly nullable: boolean;
}

export interface PartitionDefinition {
  readonly every: IntervalText;
  /** null: source partitions are kept for ever. */
  readonly retention: IntervalText | null;
}

export interface MeasureDefinition {
  /** Source column, or `*` for the rows themselves (only `count`, shown as `row_count`). */
  readonly column: string;
  /** In the order of AGGREGATES, without duplicates. */
  readonly aggregates: readonly Aggregate[];
}

export interface TierDefinition {
  readonly every: IntervalText;
  /** IANA zone of calendar buckets (months and years always have one); null: fixed-length buckets, aligned in UTC. */
  readonly timeZone: string | null;
  /** null: for ever. */
  readonly retention: IntervalText | null;
  /** Short name of the grain, such as `1h`, `15m`, `1d`, `1w`, `1mo`, `500ms`; silver and gold are `<rollup>_<suffix>`. */
  readonly suffix: string;
}

export interface RollupDefinition {
  readonly name: string;
  readonly source: {
    readonly table: QualifiedName;
    readonly time: string;
    /** null: the table must exist. */
    readonly columns: readonly ColumnDefinition[] | null;
    readonly partition: PartitionDefinition | null;
    /** `rows`: row-level capture enabled ALWAYS, for sources that logical replication writes. */
    readonly capture: 'statements' | 'rows';
  };
  readonly dimensions: readonly string[];
  readonly measures: readonly MeasureDefinition[];
  /** Finest first. */
  readonly tiers: readonly TierDefinition[];
  readonly refresh: {
    /** Five-field cron in the server's cron time zone (GMT on RDS), or `N seconds` (1 to 59). */
    readonly schedule: string;
    /** May be `0 seconds`. */
    readonly lag: IntervalText;
  };
  readonly onDelete: 'retain' | 'drop';
}
