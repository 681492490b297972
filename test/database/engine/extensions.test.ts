import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyEngine, readEngine } from '../../../infra/db/engine';
import { observeExtensions, updateExtensions } from '../../../infra/db/extensions';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';

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
