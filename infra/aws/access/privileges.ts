import type * as postgresql from '@pulumi/postgresql';
import { OWNER, PIPELINE, READER } from './names';

/** Everybody, as the provider calls it. */
const EVERYBODY = 'public';

/** One resource's arguments without the database, and a name that is told from them. */
export interface Granted {
  readonly name: string;
  readonly args: Omit<postgresql.GrantArgs, 'database'>;
}

export interface GrantedByDefault {
  readonly name: string;
  readonly args: Omit<postgresql.DefaultPrivilegesArgs, 'database'>;
}

/** No privileges at all: the provider revokes what there is, and shows it again when somebody grants it. */
const NONE: string[] = [];

function onSchema(role: string, schema: string, privileges: string[]): Granted {
  return {
    name: `${role}-${schema}`,
    args: { role, schema, objectType: 'schema', privileges },
  };
}

function onDatabase(role: string, privileges: string[]): Granted {
  return { name: `${role}-database`, args: { role, objectType: 'database', privileges } };
}

/** Grants on the database itself, which need nothing in it. */
export const DATABASE_GRANTS: readonly Granted[] = [
  onDatabase(EVERYBODY, NONE),
  onDatabase(PIPELINE, ['CONNECT']),
  onDatabase(READER, ['CONNECT']),
];

/** Everybody could use the schema public, and so call what extensions put there. */
export const SEALED: Granted = onSchema(EVERYBODY, 'public', NONE);

/**
 * Grants in the database. None is on all tables of a schema: tables that come later would count as drift; the default
 * privileges are for those. Lists are in the order of the alphabet and complete, since that is how they are read back.
 */
export const GRANTS: readonly Granted[] = [
  onSchema(PIPELINE, 'raw', ['USAGE']),
  onSchema(READER, 'gold', ['USAGE']),
  // For rollup.time_bucket in queries; the functions that gold views call are open to whoever gets here.
  onSchema(READER, 'rollup', ['USAGE']),
  // Operators of ltree, btree_gin and hll live here.
  onSchema(PIPELINE, 'public', ['USAGE']),
  onSchema(READER, 'public', ['USAGE']),
  // Its functions are open to whoever gets into the schema, which is the owner alone; its tables belong to the login that
  // made the extension. By name, because pg_partman makes template tables here. It has no sequences.
  {
    name: `${OWNER}-partman-tables`,
    args: {
      role: OWNER,
      schema: 'partman',
      objectType: 'table',
      objects: ['part_config', 'part_config_sub'],
      privileges: ['DELETE', 'INSERT', 'SELECT', 'UPDATE'],
    },
  },
  // Enough for cron.schedule and cron.unschedule of one's own jobs; row-level security shows no others.
  onSchema(OWNER, 'cron', ['USAGE']),
];

function byDefault(
  role: string,
  objectType: string,
  privileges: string[],
  schema?: string,
): GrantedByDefault {
  return {
    name: `${role}-default-${schema === undefined ? '' : `${schema}-`}${objectType}`,
    args: {
      owner: OWNER,
      role,
      objectType,
      privileges,
      ...(schema === undefined ? {} : { schema }),
    },
  };
}

/** What new objects of the owner are granted, and to whom. */
export const DEFAULT_PRIVILEGES: readonly GrantedByDefault[] = [
  // PostgreSQL opens new functions and types to everybody; taken back for all schemas, as it is not possible for one.
  byDefault(EVERYBODY, 'function', NONE),
  byDefault(EVERYBODY, 'type', NONE),
  byDefault(PIPELINE, 'table', ['DELETE', 'INSERT', 'SELECT', 'UPDATE'], 'raw'),
  byDefault(PIPELINE, 'sequence', ['USAGE'], 'raw'),
  byDefault(READER, 'table', ['SELECT'], 'gold'),
];
