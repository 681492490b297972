import type { RollupDefinition, TierDefinition } from './definition';

/** A source column as the catalog shows it. */
export interface ShapeColumn {
  /** As `format_type` writes it, such as `double precision`. */
  readonly type: string;
  /** Quoted and qualified, where it is not the type's default. */
  readonly collation: string | null;
}

/** What compiling needs to know of the source: the types of its columns. */
export interface SourceShape {
  readonly columns: Readonly<Record<string, ShapeColumn>>;
}

/** SQL texts of one tier that the runtime executes. `$n` are bound; what they mean stands in compile/refresh.ts and recompute.ts. */
export interface TierStatements {
  /** Recomputes dirty keys. Returns keys, written, removed. */
  readonly recompute: string;
  /** Materializes a range from the tier below (from the source for the finest tier). */
  readonly materialize: string;
  /** Materializes a range straight from the source. */
  readonly materializeFromSource: string;
  /** The keys of a range, from where `materialize` and `materializeFromSource` read: to do it key by key where that fails. */
  readonly keys: string;
  readonly keysFromSource: string;
  /** Removes the rows of a range. */
  readonly clear: string;
  /** Merges late rows of sealed buckets. */
  readonly mergeLate: string;
  /** State of the rows of a query called `source` in ranges `$1`. */
  readonly byName: string;
  /** Start of the bucket of `$1`. */
  readonly bucketStart: string;
  /** First bucket boundary at or after `$1`. */
  readonly bucketCeiling: string;
}

/** SQL texts of a rollup that the runtime executes. */
export interface RollupStatements {
  /** Takes dirty keys out of the log. Returns total, keys (text[]), first, last, sealed. */
  readonly consumeDirty: string;
  /** Takes late rows of sealed buckets out of the log. Returns rows (text[]), total. */
  readonly consumeLate: string;
  /** Earliest finite source time at or after `$1`. */
  readonly sourceFloor: string;
  /** Latest source time before `$1` and at or after `$2`. */
  readonly sourceBefore: string;
}

export interface CompiledTier extends TierDefinition {
  readonly ordinal: number;
  /** Unquoted name in `silver` and `gold`. */
  readonly table: string;
  readonly createTable: string;
  /** Interval of pg_partman's partitions, or null for a plain table (retention for ever). */
  readonly partitionEvery: string | null;
  readonly createView: string;
  readonly statements: TierStatements;
  /** `select` with the same columns as the gold view, by a plain GROUP BY over the source. */
  readonly direct: string;
}

/** Everything that a definition becomes in the database, in the order in which it is made. Pure data. */
export interface CompiledRollup {
  readonly definition: RollupDefinition;
  /** Columns of the state tables and logs with their types, the bucket left out. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly dimensions: readonly { readonly name: string; readonly type: string }[];
  /** Creates the source where the definition gives its columns, else null. */
  readonly createSource: string | null;
  readonly createLogs: readonly string[];
  readonly captureFunction: string;
  readonly tiers: readonly CompiledTier[];
  readonly statements: RollupStatements;
  /** Names of gold columns that are floating point. */
  readonly approximateColumns: readonly string[];
  /** SHA-256 of all SQL texts: one value to compare with what the database holds. */
  readonly checksum: string;
}
