import { type Client, DatabaseError } from 'pg';
import { TidemarkError } from '../../model/error';

/** Extensions that must be there, and the schema that one of them must be in. */
export const MANAGED_EXTENSIONS = ['pg_partman', 'pg_cron', 'hypopg', 'ltree', 'btree_gin'] as const;
const OLDEST_SERVER = 150000;

export interface RequirementOptions {
  /** false: this database needs no pg_cron. */
  readonly schedule: boolean;
}

/** Refuses surroundings in which the engine cannot work, all reasons in one error. Creates extensions where it may. */
export async function ensureRequirements(client: Client, options: RequirementOptions): Promise<void> {
  const server = await client.query<{ number: number; version: string; standby: boolean; database: string }>(
    `select current_setting('server_version_num')::integer as number, current_setting('server_version') as version,
            pg_is_in_recovery() as standby, current_database() as database`,
  );
  const facts = server.rows[0];
  if (facts === undefined) throw new Error('the server did not answer');
  if (facts.number < OLDEST_SERVER) {
    throw new TidemarkError(
      `This server runs PostgreSQL ${facts.version}; Tidemark needs 15 or later (unique indexes over NULLs).`,
      {
        hint: 'Upgrade the instance, or choose engineVersion 15 to 18.',
      },
    );
  }
  if (facts.standby) {
    throw new TidemarkError('This server is a read replica, so rollups cannot be deployed to it.', {
      hint: 'Connect to the writer. If a failover is in progress, run again when it is over.',
    });
  }
  const problems: string[] = [];
  for (const name of MANAGED_EXTENSIONS) {
    if (name === 'pg_cron' && !options.schedule) continue;
    const problem = await ensureExtension(client, name, facts.database);
    if (problem !== null) problems.push(problem);
  }
  if (problems.length > 0) throw new TidemarkError(problems.join(' '));
}

async function ensureExtension(
  client: Client,
  name: (typeof MANAGED_EXTENSIONS)[number],
  database: string,
): Promise<string | null> {
  const found = await client.query<{ schema: string | null; available: boolean }>(
    `select (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = $1) as schema,
            exists (select from pg_available_extensions where name = $1) as available`,
    [name],
  );
  const { schema, available } = found.rows[0] ?? { schema: null, available: false };
  if (name === 'pg_partman' && schema !== null && schema !== 'partman') {
    return `The extension pg_partman is in schema ${schema}, but Tidemark expects it in schema partman. Run \`alter extension pg_partman set schema partman\`, or reinstall it there.`;
  }
  if (schema !== null) return null;
  if (name === 'pg_cron') {
    const home = await cronDatabase(client);
    if (home !== null && home !== database) {
      return `pg_cron runs in the database ${home} (cron.database_name), not in ${database}. Deploy into ${home}, or change that parameter and reboot.`;
    }
  }
  if (!available) {
    return `The extension ${name} is not available on this server: ${
      name === 'pg_cron'
        ? 'add pg_cron to shared_preload_libraries and reboot'
        : `install the package that brings ${name}`
    }.`;
  }
  return createExtension(client, name);
}

/** Tries to create it, as RDS allows its administrators to; elsewhere a superuser has to. */
async function createExtension(client: Client, name: string): Promise<string | null> {
  const into =
    name === 'pg_partman' ? ' with schema partman' : name === 'pg_cron' ? '' : ' with schema public';
  try {
    if (name === 'pg_partman') await client.query('create schema if not exists partman');
    await client.query(`create extension if not exists ${name}${into}`);
    return null;
  } catch (cause) {
    // Only a refusal is about this login: a lost connection is waited for, and a lock may be free the next time.
    if (!(cause instanceof DatabaseError) || /^(08|40|53|57|25006|55P03)/.test(cause.code ?? '')) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return `The extension ${name} is missing, and this login cannot create it (${reason}). Ask an administrator to run \`create extension ${name}${into}\`.`;
  }
}

/** The database that pg_cron works in, or null where the setting is not to be seen (then it is not loaded). */
async function cronDatabase(client: Client): Promise<string | null> {
  const setting = await client.query<{ value: string | null }>(
    `select current_setting('cron.database_name', true) as value`,
  );
  return setting.rows[0]?.value ?? null;
}
