import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { applyLogin } from '../../../infra/db/server/login';
import { withClient, withDatabase } from '../../../infra/local/postgres/database';
import { type LocalServer, startLocalServer, stopLocalServer } from '../../../infra/local/postgres/server';
import { generation } from '../../helpers/database';
import { differences, type Properties, translator, type Work } from '../../standin/postgresql/sql';
import type { Captured } from '../../unit/aws/access/captured';

/** As RDS has it. */
export const LOG_LINE_PREFIX = '%t:%r:%u@%d:[%p]:';
const LOGIN = 'tidemark_deploy';
const PASSWORD = 'only-for-tests';
const ROLES = [LOGIN, 'tidemark_app', 'tidemark_pipeline', 'tidemark_read', 'tidemark_owner', 'stranger'];

function directoryOf(name: string): string {
  return join(__dirname, '..', '..', '..', '.local', 'test', `${name}-${generation()}`);
}

export function stopServer(name: string): Promise<void> {
  return stopLocalServer(directoryOf(name));
}

/** A server of its own, since roles and pg_cron's database are there once for all databases. */
export async function rdsServer(name: string): Promise<LocalServer> {
  return startLocalServer({
    directory: directoryOf(name),
    generation: generation(),
    settings: { fsync: 'off', log_line_prefix: LOG_LINE_PREFIX },
    log: (line) => console.error(line),
  });
}

/** The server as RDS hands it over: no database of ours, no roles of ours, an administrator who is no superuser. */
export async function emptied(server: LocalServer): Promise<void> {
  await withClient(withDatabase(server.adminUrl, 'postgres'), async (admin) => {
    await admin.query(`drop database if exists ${escapeIdentifier(server.database)} with (force)`);
    for (const role of ROLES) {
      const found = await admin.query('select from pg_roles where rolname = $1', [role]);
      if (found.rowCount === 0) continue;
      await admin.query(`drop owned by ${role}`);
      await admin.query(`drop role ${role}`);
    }
    await admin.query(`do $$ begin
      if not exists (select from pg_roles where rolname = 'rds_iam') then create role rds_iam nologin; end if; end $$`);
    // What the guides of monitoring vendors rely on: administrators of RDS may grant pg_monitor and rds_iam.
    await admin.query('grant pg_monitor to rds_superuser with admin option');
    await admin.query('grant pg_monitor, rds_iam, rds_superuser to tidemark with admin option');
  });
  await withClient(withDatabase(server.url, 'postgres'), (master) =>
    applyLogin(master, LOGIN, ['rds_superuser', 'rds_iam', 'pg_monitor']),
  );
  await asAdmin(server, `alter role ${LOGIN} password '${PASSWORD}'`);
}

async function asAdmin(server: LocalServer, statement: string): Promise<void> {
  await withClient(withDatabase(server.adminUrl, 'postgres'), (admin) => admin.query(statement));
}

/** The password stands for the IAM token. */
export function urlOf(server: LocalServer, login: string, database = server.database): string {
  const url = new URL(withDatabase(server.url, database));
  url.username = login;
  url.password = PASSWORD;
  return url.href;
}

/** Lets a role log in with a password, as IAM would let it with a token. */
export async function admit(server: LocalServer, login: string): Promise<string> {
  await asAdmin(server, `alter role ${escapeIdentifier(login)} password '${PASSWORD}'`);
  return urlOf(server, login);
}

async function run(server: LocalServer, work: Work): Promise<void> {
  // RDS makes extensions for its administrators with more rights than they have; the objects are the administrator's.
  if (work.delegated === true) await asAdmin(server, `alter role ${LOGIN} superuser`);
  try {
    await withClient(urlOf(server, LOGIN, work.database ?? 'postgres'), async (client) => {
      if (work.transaction) await client.query('begin');
      for (const statement of work.statements) await client.query(statement);
      if (work.transaction) await client.query('commit');
    });
  } finally {
    if (work.delegated === true) await asAdmin(server, `alter role ${LOGIN} nosuperuser`);
  }
}

const ours = ({ type }: Captured): boolean => type.startsWith('postgresql:');

/** Applies resources as the provider would, one after the other. */
export async function applied(server: LocalServer, resources: readonly Captured[]): Promise<void> {
  for (const { type, name, inputs } of resources.filter(ours)) {
    try {
      await run(server, translator(type).create(inputs));
    } catch (cause) {
      throw new Error(`${name}: ${(cause as Error).message}`, { cause });
    }
  }
}

/** What `pulumi refresh` and a preview after it would show: a line for each property that differs. */
export async function drift(server: LocalServer, resources: readonly Captured[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { type, name, inputs, options } of resources.filter(ours)) {
    const { database, text, values, state } = translator(type).read(inputs as Properties);
    const rows = await withClient(urlOf(server, LOGIN, database ?? 'postgres'), async (client) => {
      const result = await client.query<Record<string, unknown>>(text, [...values]);
      return result.rows;
    });
    const kept = state(rows);
    if (kept === null) found.push(`${name} is gone`);
    else {
      const keys = differences(type, inputs, kept, options.ignoreChanges ?? []);
      found.push(...keys.map((key) => `${name}: ${key} is ${JSON.stringify(kept[key])}`));
    }
  }
  return found;
}

/** A session of a login, closed after the work. */
export async function session<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
