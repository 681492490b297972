import { Client, escapeIdentifier } from 'pg';
import { TidemarkError } from '../../model/error';
import { ENGINE_ROLE } from './state';

/** Connects, runs `work` and always disconnects. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'tidemark local',
  });
  // Without a listener a connection that breaks while idle would end the whole process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The same login, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

/**
 * Does what RDS would have done in a database: creates it, owned by tidemark, with the extensions that take a
 * superuser, and the rights on them that RDS's rds_superuser has. Repeatable.
 * @param options.cron Also pg_cron; only for the one database that `cron.database_name` names.
 */
export async function prepareDatabase(
  adminUrl: string,
  database: string,
  options: { cron?: boolean } = {},
): Promise<void> {
  try {
    await createDatabase(adminUrl, database);
    await withClient(withDatabase(adminUrl, database), (client) =>
      createExtensions(client, database, options.cron === true),
    );
  } catch (error) {
    if (error instanceof TidemarkError) throw error;
    throw new TidemarkError(`Database ${database} could not be prepared: ${(error as Error).message}.`, {
      cause: error,
      hint: 'This needs a superuser, and a server with pg_partman, hypopg, ltree, btree_gin and, for schedules, pg_cron.',
    });
  }
}

async function createDatabase(adminUrl: string, database: string): Promise<void> {
  await withClient(withDatabase(adminUrl, 'postgres'), async (client) => {
    const found = await client.query('select from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) {
      await client
        .query(`create database ${escapeIdentifier(database)} owner ${ENGINE_ROLE}`)
        .catch((error: unknown) => {
          // Somebody else was faster.
          if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error;
        });
    }
  });
}

async function createExtensions(client: Client, database: string, cron: boolean): Promise<void> {
  if (cron) await refuseWrongCronDatabase(client, database);
  await client.query('begin');
  // Two preparations of one database would otherwise both create an extension, and one would fail.
  await client.query("select pg_advisory_xact_lock(hashtext('tidemark local prepare'))");
  await client.query(`
    create schema if not exists partman;
    create extension if not exists pg_partman schema partman;
    create extension if not exists hypopg;
    create extension if not exists ltree;
    create extension if not exists btree_gin;
    grant usage, create on schema partman to ${ENGINE_ROLE};
    grant all on all tables in schema partman to ${ENGINE_ROLE};
    grant all on all sequences in schema partman to ${ENGINE_ROLE};
    grant execute on all routines in schema partman to ${ENGINE_ROLE};`);
  if (cron) {
    await client.query(`
      create extension if not exists pg_cron;
      grant usage on schema cron to rds_superuser;
      grant select, insert, update, delete on cron.job to rds_superuser;
      grant usage on sequence cron.jobid_seq to rds_superuser;
      grant select, delete on cron.job_run_details to rds_superuser;`);
  }
  await client.query('commit');
}

async function refuseWrongCronDatabase(client: Client, database: string): Promise<void> {
  const { rows } = await client.query<{ name: string | null }>(
    "select current_setting('cron.database_name', true) as name",
  );
  const name = rows[0]?.name ?? null;
  if (name !== database) {
    throw new TidemarkError(
      `pg_cron cannot be set up in database ${database}: the server's cron.database_name is ${name ?? 'not set'}.`,
      {
        hint: `Use database ${name ?? 'named by cron.database_name'} for schedules.`,
      },
    );
  }
}
