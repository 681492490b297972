import type { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyEngine, readEngine } from '../../../infra/db/engine/engine';
import { observeExtensions, updateExtensions } from '../../../infra/db/engine/extensions';
import { createTestDatabase, generation, openClient, type TestDatabase } from '../../helpers/database';

let database: TestDatabase;
let admin: Client;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = await openClient(database.adminUrl);
  client = await openClient(database.url);
  await client.query('set search_path = pg_catalog, pg_temp');
});
afterAll(async () => {
  await client.end();
  await admin.end();
  await database.drop();
});

const version = async (name: string) =>
  (await client.query<{ v: string }>('select extversion as v from pg_extension where extname = $1', [name]))
    .rows[0]?.v;

async function newest(name: string): Promise<string | undefined> {
  const found = await client.query<{ v: string }>(
    'select default_version as v from pg_available_extensions where name = $1',
    [name],
  );
  return found.rows[0]?.v;
}

describe('extensions that an upgrade of the server left behind', () => {
  it('are told, and updated by the next apply', async () => {
    await admin.query('drop extension ltree');
    await client.query(`create extension ltree with schema public version '1.1'`);
    expect(await observeExtensions(client)).toBe(`ltree is 1.1, the server has ${await newest('ltree')}`);
    expect((await readEngine(client))?.extensions).toMatch(/^ltree is 1\.1/);
    const state = await applyEngine(client, { schedule: false });
    expect(state.extensions).toBe('current');
    expect(await version('ltree')).toBe(await newest('ltree'));
  });

  it('are updated by the login itself, and the session keeps its role', async () => {
    await admin.query('drop extension ltree');
    await client.query(`create extension ltree with schema public version '1.1'`);
    await client.query('set role rds_superuser');
    await updateExtensions(client);
    const role = await client.query('select current_user as role');
    expect(role.rows).toEqual([{ role: 'rds_superuser' }]);
    await client.query('reset role');
    expect(await version('ltree')).toBe(await newest('ltree'));
  });

  it('of another owner stay as they are', async () => {
    await admin.query(`drop extension ltree; create extension ltree with schema public version '1.1'`);
    expect(await observeExtensions(client)).toBe('current');
    await applyEngine(client, { schedule: false });
    expect(await version('ltree')).toBe('1.1');
  });
});

describe('an update that was interrupted', () => {
  const PRIVILEGES = 'select, insert, update, delete on partman.part_config, partman.part_config_sub';
  const CONFIG = 'partman.part_config_sub';
  let role: string;

  /** The login owns what it has made, and works as another role, as on RDS. */
  beforeAll(async () => {
    role = `${database.name}_owner`;
    await admin.query(`create role ${role}; alter extension ltree update`);
    await admin.query(`drop extension pg_partman; create extension pg_partman schema partman`);
    await admin.query(
      `revoke all on all tables in schema partman from public; grant usage on schema partman to ${role}`,
    );
  });
  beforeEach(() => admin.query(`set role ${role}`));
  afterEach(() => admin.query(`reset role; revoke ${PRIVILEGES} from ${role}`));
  afterAll(async () => {
    await admin.query(`drop owned by ${role}; drop role ${role}`);
  });

  const may = async () =>
    (
      await client.query<{ name: string }>(
        `select p as name from unnest('{select,insert,update,delete}'::text[]) p where has_table_privilege($1, $2, p)`,
        [role, CONFIG],
      )
    ).rows.map(({ name }) => name);

  it('before the grants gives them, though nothing is old any more', async () => {
    await admin.query(
      `reset role; grant ${PRIVILEGES} to ${role}; revoke delete on ${CONFIG} from ${role}; set role ${role}`,
    );
    expect(await observeExtensions(admin)).toBe(`${role} has no rights on partman.part_config_sub`);
    await updateExtensions(admin);
    expect(await may()).toEqual(['select', 'insert', 'update', 'delete']);
    expect(await observeExtensions(admin)).toBe('current');
    expect((await admin.query('select current_user as role')).rows).toEqual([{ role }]);
  });

  it('by a lost connection says so, and not what came of it', async () => {
    const lost = new Error('Connection terminated unexpectedly');
    const cut = intercepting(admin, (text) => {
      if (text.startsWith('grant')) throw lost;
      if (text.includes('set_config')) throw new Error('not queryable');
    });
    await expect(updateExtensions(cut)).rejects.toBe(lost);
  });

  // PostgreSQL 15 has no pg_partman 5 here.
  const LEFT: readonly (readonly [string, readonly string[]])[] =
    generation() === 15
      ? [['4.7.0', []]]
      : [
          ['4.7.2', ['5.0.0', '5.0.1']],
          ['5.0.0', ['5.0.1']],
          ['5.0.1', []],
        ];
  it.each(LEFT)('at %s goes on with the steps that are left', async (installed, steps) => {
    await admin.query('reset role');
    await admin.query(`update pg_extension set extversion = $1 where extname = 'pg_partman'`, [installed]);
    const run: string[] = [];
    const recorder = intercepting(admin, (text) => {
      if (!text.startsWith('alter extension')) return;
      run.push(text);
      return Promise.resolve();
    });
    await updateExtensions(recorder);
    await admin.query(`update pg_extension set extversion = $1 where extname = 'pg_partman'`, [
      await newest('pg_partman'),
    ]);
    expect(run.map((text) => /'(.*)'/.exec(text)?.[1])).toEqual([...steps, await newest('pg_partman')]);
  });
});

/** The same session, with a say in each statement: what `before` returns is the statement's result. */
function intercepting(session: Client, before: (text: string) => Promise<void> | undefined | void): Client {
  const query = (text: string, values?: unknown[]) => before(text) ?? session.query(text, values);
  return { query: async (text: string, values?: unknown[]) => query(text, values) } as unknown as Client;
}
