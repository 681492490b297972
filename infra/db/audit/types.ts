export interface AuditOptions {
  /** Suffix of the one tier to compare; default all. */
  readonly tier?: string | undefined;
  /** ISO 8601; buckets that overlap the half-open range [from, to) are compared. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Most differing keys to list for a tier. */
  readonly limit: number;
  /** Called when the snapshot is taken. */
  readonly onStart?: ((audit: Omit<RollupAudit, 'tiers'>) => void) | undefined;
  /** Called as soon as a tier is done. */
  readonly onTier?: ((tier: TierAudit) => void) | undefined;
}

/** One key whose row differs. Values are PostgreSQL's own text. */
export interface AuditDifference {
  /** `missing`: only the source has it; `extra`: only gold has it; `duplicate`: gold has it more than once. */
  readonly kind: 'missing' | 'extra' | 'different' | 'duplicate';
  /** bucket, then the dimensions. */
  readonly key: Readonly<Record<string, string | null>>;
  /** The columns that differ; all of them for a missing or extra row. */
  readonly columns: readonly {
    readonly name: string;
    readonly gold: string | null;
    readonly source: string | null;
  }[];
}

export interface TierAudit {
  readonly tier: string;
  readonly view: string;
  readonly goldRows: number;
  readonly sourceRows: number;
  readonly differences: number;
  readonly shown: readonly AuditDifference[];
  /** What was not compared, and why. */
  readonly exempt: readonly string[];
  readonly seconds: number;
}

export interface RollupAudit {
  readonly rollup: string;
  readonly source: string;
  /** Time of the snapshot that everything was read in. */
  readonly snapshotAt: string;
  /** Dirty keys in that snapshot: gold reads them from the source until a refresh takes them. */
  readonly pendingKeys: number;
  readonly tiers: readonly TierAudit[];
}
