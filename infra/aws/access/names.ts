/** Names of what is made in the database. Other parts rely on them, so they are no arguments. */

/** Owns the database, its schemas, the engine and the jobs. */
export const OWNER = 'tidemark_owner';
/** Group that writes `raw`. */
export const PIPELINE = 'tidemark_pipeline';
/** Group that reads `gold`. */
export const READER = 'tidemark_read';
/** Login of applications, by IAM. */
export const APPLICATION = 'tidemark_app';
/** The database, unless told otherwise. */
export const DATABASE = 'metrics';

export const SCHEMAS = [
  'raw',
  'silver',
  'gold',
  'raw_archive',
  'silver_archive',
  'gold_archive',
  'partman',
  'rollup',
] as const;

/** Extensions, and the schema of the one that is not put where its control file says or into `public`. */
export const EXTENSIONS = [
  { name: 'pg_partman', schema: 'partman' },
  { name: 'pg_cron' },
  { name: 'hypopg', schema: 'public' },
  { name: 'ltree', schema: 'public' },
  { name: 'btree_gin', schema: 'public' },
] as const;

/** Only where RDS or Aurora offers it. */
export const HLL = { name: 'hll', schema: 'public' } as const;
