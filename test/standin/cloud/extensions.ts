/** What RDS does for its administrators that a stock PostgreSQL keeps for superusers: creating and updating extensions. */
import { type Client, escapeIdentifier } from 'pg';
import type { StandinDatabase } from './database';
import { Refusal } from './refusal';

/** Those of rds.extensions that Tidemark uses, and the ones beside which it may be asked to live. */
const OFFERED = new Set([
  'btree_gin',
  'btree_gist',
  'citext',
  'hll',
  'hypopg',
  'ltree',
  'pg_cron',
  'pg_partman',
  'pg_stat_statements',
  'pg_trgm',
  'pgcrypto',
  'uuid-ossp',
]);

/**
 * pg_cron stays with RDS, whose administrators get these rights on its objects: it writes its tables as the owner of the
 * extension, past the row-level security that lets others see their own jobs only.
 */
const CRON_GRANTS = `
  grant usage on schema cron to rds_superuser with grant option;
  grant select, insert, update, delete on cron.job to rds_superuser with grant option;
  grant select, delete on cron.job_run_details to rds_superuser with grant option;
  grant usage on all sequences in schema cron to rds_superuser with grant option;`;

/**
 * Runs statements on one extension for a login, as the login would if RDS were there. But for pg_cron the login owns the
 * extension and its objects: RDS runs the script with more rights in the login's name, here it is a superuser within
 * that one transaction.
 */
export async function delegate(
  server: StandinDatabase,
  database: string,
  login: string,
  statements: readonly string[],
): Promise<void> {
  const name = /EXTENSION (?:IF NOT EXISTS |IF EXISTS )?"?([\w-]+)"?/i.exec(statements.join(' '))?.[1] ?? '';
  if (statements.length === 0) return;
  await server.postgres.asAdmin(database, async (client) => {
    const member = await client.query<{ administrator: boolean }>(
      `select pg_has_role($1, 'rds_superuser', 'member') as administrator`,
      [login],
    );
    if (member.rows[0]?.administrator !== true || !OFFERED.has(name))
      throw new Refusal(`permission denied to create extension "${name}"`);
    await client.query('begin');
    if (name === 'pg_cron') await asRds(client, name, statements);
    else await inNameOf(client, login, statements);
    await client.query('commit');
  });
}

async function asRds(client: Client, name: string, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await client.query(statement);
  if ((await client.query('select from pg_extension where extname = $1', [name])).rowCount === 0) return;
  await client.query(CRON_GRANTS);
}

async function inNameOf(client: Client, login: string, statements: readonly string[]): Promise<void> {
  const role = escapeIdentifier(login);
  await client.query(`alter role ${role} superuser`);
  await client.query(`set local role ${role}`);
  for (const statement of statements) await client.query(statement);
  await client.query('reset role');
  await client.query(`alter role ${role} nosuperuser`);
}
