import { createHash, randomBytes } from 'node:crypto';
import { Client, escapeIdentifier, types } from 'pg';
import { compile } from '../../infra/compile';
import { withConnection } from '../../infra/connection/connect';
import { readManifest } from '../../infra/db/engine/manifest';
import { migrate } from '../../infra/db/engine/migrate';
import { applyRollup } from '../../infra/db/rollup/apply';
import { observeSource } from '../../infra/db/rollup/source';
import { prepareDatabase, withClient, withDatabase } from '../../infra/local/postgres/database';
import { type Generation, generationOf } from '../../infra/local/postgres/server';
import type { CompiledRollup } from '../../infra/model/compiled';
import type { RollupDefinition } from '../../infra/model/definition';
import { testServer } from './servers';

/** The PostgreSQL that this run tests: the runner runs the database tests once for each. */
export function generation(): Generation {
  const text = process.env['TIDEMARK_TEST_GENERATION'] ?? '15';
  const known = generationOf(text);
  if (known === undefined) throw new Error(`TIDEMARK_TEST_GENERATION is ${text}, not 15, 16, 17 or 18`);
  return known;
}

export interface TestDatabase {
  /** The engine's role, which is no superuser. */
  readonly url: string;
  readonly adminUrl: string;
  readonly name: string;
  drop(): Promise<void>;
}

/** A new database with the engine installed, on the server that the tests of this generation share. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await testServer(generation());
  return createDatabaseOn(server);
}

/** A new database with the engine installed, cloned from a template that is made once for each state of sql/. */
export async function createDatabaseOn(server: { url: string; adminUrl: string }): Promise<TestDatabase> {
  const name = `t_${process.pid}_${randomBytes(5).toString('hex')}`;
  const admin = withDatabase(server.adminUrl, 'postgres');
  await withClient(admin, async (client) => {
    // Held shared while cloning, so that nobody removes the template meanwhile.
    const template = await lockTemplate(client, server);
    await client.query(
      `create database ${escapeIdentifier(name)} owner tidemark template ${escapeIdentifier(template)}`,
    );
    await client.query('select pg_advisory_unlock_all()');
  });
  return {
    url: withDatabase(server.url, name),
    adminUrl: withDatabase(server.adminUrl, name),
    name,
    drop: () =>
      withClient(admin, async (client) => {
        await client.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
      }),
  };
}

const TEMPLATE_LOCK = 7_115;

async function lockTemplate(client: Client, server: { url: string; adminUrl: string }): Promise<string> {
  const state = createHash('sha256').update(JSON.stringify(readManifest())).digest('hex').slice(0, 12);
  const name = `tidemark_template_${state}`;
  const ready = async () => {
    const found = await client.query('select from pg_database where datname = $1 and datistemplate', [name]);
    return found.rowCount === 1;
  };
  await client.query('select pg_advisory_lock_shared($1)', [TEMPLATE_LOCK]);
  if (await ready()) return name;
  await client.query('select pg_advisory_unlock_shared($1)', [TEMPLATE_LOCK]);
  await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  if (!(await ready())) {
    const old = await client.query<{ datname: string }>(
      "select datname from pg_database where datname ~ '^tidemark_template_'",
    );
    for (const { datname } of old.rows) {
      await client.query(`alter database ${escapeIdentifier(datname)} is_template false`);
      await client.query(`drop database ${escapeIdentifier(datname)} with (force)`);
    }
    await prepareDatabase(server.adminUrl, name);
    await withConnection({ url: withDatabase(server.url, name) }, (engine) => migrate(engine));
    await client.query(`alter database ${escapeIdentifier(name)} is_template true`);
  }
  return name;
}

/** A plain session, with the settings that a user's client would have; the caller ends it. */
export async function openClient(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'tidemark test' });
  client.on('error', () => undefined);
  // Times as text: a Date would cut microseconds.
  client.setTypeParser(types.builtins.TIMESTAMPTZ, (text) => text);
  client.setTypeParser(types.builtins.INT8, (text) => Number(text));
  await client.connect();
  return client;
}

/** Installs one rollup as `pulumi up` does, without schedule, and leaves the session's settings as they are. */
export async function installRollup(client: Client, definition: RollupDefinition): Promise<CompiledRollup> {
  const { rows } = await client.query<{ path: string; wait: string }>(
    `select current_setting('search_path') as path, current_setting('lock_timeout') as wait`,
  );
  await client.query("set search_path = pg_catalog, pg_temp; set lock_timeout = '3s'");
  try {
    await applyRollup(client, definition, { schedule: false });
    return await compiledFor(client, definition);
  } finally {
    await client.query(`select set_config('search_path', $1, false), set_config('lock_timeout', $2, false)`, [
      rows[0]?.path,
      rows[0]?.wait,
    ]);
  }
}

/** What a definition compiles to, for the source as it is. */
export async function compiledFor(client: Client, definition: RollupDefinition): Promise<CompiledRollup> {
  const source = await observeSource(client, definition);
  if (source === null) throw new Error('the source does not exist');
  return compile(definition, source);
}
