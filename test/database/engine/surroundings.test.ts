import { DatabaseError } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import { applyEngine } from '../../../infra/db/engine/engine';
import { readManifest } from '../../../infra/db/engine/manifest';
import { migrate } from '../../../infra/db/engine/migrate';
import { ensureRequirements } from '../../../infra/db/engine/requirements';
import { applyRollup } from '../../../infra/db/rollup/apply';
import { withClient, withDatabase } from '../../../infra/local/postgres/database';
import type { RollupDefinition } from '../../../infra/model/definition';
import { createTestDatabase, generation, openClient, type TestDatabase } from '../../helpers/database';
import { narrow } from '../../unit/compile/definitions';

const definition: RollupDefinition = { ...narrow, source: { ...narrow.source, capture: 'statements' } };

/** The one sentence and the hint that a user sees. */
async function refusal(work: Promise<unknown>): Promise<{ message: string; hint: string | undefined }> {
  const error = await work.then(
    () => new Error('it was accepted'),
    (cause: unknown) => cause,
  );
  if (!(error instanceof Error)) throw new Error('not an error');
  return {
    message: error.message,
    hint: 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined,
  };
}

type Requiring = Parameters<typeof ensureRequirements>[0];

/** A server that says this of itself. */
const answering = (facts: object) => ({ query: async () => ({ rows: [facts] }) }) as unknown as Requiring;

describe('bad surroundings give one clear sentence', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  const here = <T>(work: Parameters<typeof withConnection<T>>[1]) =>
    withConnection({ url: database.url }, work);
  const asAdmin = (sql: string) => withClient(database.adminUrl, (client) => client.query(sql));

  test('no server', async () => {
    const url = new URL(database.url);
    url.port = '1';
    expect(
      await refusal(withConnection({ url: url.href }, (c) => applyEngine(c, { schedule: false }))),
    ).toEqual({
      message: 'No PostgreSQL answers at the configured host and port.',
      hint: 'Check that the server runs and that this machine can reach it.',
    });
  });

  test('no such database', async () => {
    const { message } = await refusal(
      withConnection({ url: withDatabase(database.url, 'nowhere') }, async () => undefined),
    );
    expect(message).toBe(
      'The database does not exist. PostgreSQL says: database "nowhere" does not exist [3D000].',
    );
  });

  test('a wrong password, which is not repeated', async () => {
    const url = new URL(database.url);
    url.password = 'sesame-open';
    const told = await refusal(withConnection({ url: url.href }, async () => undefined));
    expect(told.message).toBe(
      'The database refused the password. PostgreSQL says: password authentication failed for user "tidemark" [28P01].',
    );
    expect(JSON.stringify(told)).not.toContain('sesame');
  });

  test('a variable that is not set', async () => {
    const { message } = await refusal(withConnection({ urlEnv: 'TIDEMARK_NOT_SET' }, async () => undefined));
    expect(message).toBe(
      'The connection reads the environment variable TIDEMARK_NOT_SET, but it is not set.',
    );
  });

  test('PostgreSQL 14', async () => {
    const client = answering({ number: 140011, version: '14.11', standby: false, database: 'x' });
    expect((await refusal(ensureRequirements(client, { schedule: true }))).message).toBe(
      'This server runs PostgreSQL 14.11; Tidemark needs 15 or later (unique indexes over NULLs).',
    );
  });

  test('a reader, or a writer that has just become one', async () => {
    const client = answering({ number: 170005, version: '17.5', standby: true, database: 'x' });
    expect(await refusal(ensureRequirements(client, { schedule: true }))).toEqual({
      message: 'This server is a read replica, so rollups cannot be deployed to it.',
      hint: 'Connect to the writer. If a failover is in progress, run again when it is over.',
    });
  });

  test('an extension that a failover keeps from being created: that says nothing of the login', async () => {
    const ended = Object.assign(new DatabaseError('terminating connection', 0, 'error'), { code: '57P01' });
    const query = async (sql: string) => {
      if (sql.startsWith('create extension')) throw ended;
      const facts = { number: 170005, standby: false, database: 'x', schema: null, available: true };
      return { rows: [facts] };
    };
    await expect(ensureRequirements({ query } as unknown as Requiring, { schedule: false })).rejects.toBe(
      ended,
    );
  });

  test('a missing extension that this login cannot create', async () => {
    await asAdmin('drop extension hypopg');
    const { message } = await refusal(here((c) => applyEngine(c, { schedule: false })));
    expect(message).toMatch(
      /^The extension hypopg is missing, and this login cannot create it \(permission denied to create extension "hypopg"\)\. Ask an administrator to run `create extension hypopg with schema public`\.$/,
    );
    await asAdmin('create extension hypopg with schema public');
  });

  test('pg_partman absent, and pg_partman elsewhere', async () => {
    await asAdmin('drop extension pg_partman cascade');
    const absent = await refusal(here((c) => applyEngine(c, { schedule: false })));
    // pg_partman 5 needs no superuser: there the engine creates it.
    const sentence = 'The extension pg_partman is missing, and this login cannot create it';
    expect(absent.message).toContain(generation() === 15 ? sentence : 'it was accepted');
    await asAdmin(
      'drop extension if exists pg_partman cascade; create schema elsewhere; create extension pg_partman with schema elsewhere',
    );
    const elsewhere = await refusal(here((c) => applyEngine(c, { schedule: false })));
    expect(elsewhere.message).toContain(
      'The extension pg_partman is in schema elsewhere, but Tidemark expects it in schema partman',
    );
    await asAdmin('drop extension pg_partman cascade; create extension pg_partman with schema partman');
  });

  test('pg_cron in another database', async () => {
    const { message } = await refusal(here((c) => applyEngine(c, { schedule: true })));
    expect(message).toBe(
      `pg_cron runs in the database tidemark (cron.database_name), not in ${database.name}. Deploy into tidemark, or change that parameter and reboot.`,
    );
  });

  test('the source table is missing', async () => {
    const { message, hint } = await refusal(here((c) => applyRollup(c, definition, { schedule: false })));
    expect(message).toBe('Rollup "beats": the source table "raw"."beats" does not exist.');
    expect(hint).toBe('Create the table first, or give `source.columns` and Tidemark creates it.');
  });

  test('the time column is of a wrong type', async () => {
    await here((c) => c.query('create table raw.beats (at timestamp not null)'));
    const { message } = await refusal(here((c) => applyRollup(c, definition, { schedule: false })));
    expect(message).toBe(
      'Rollup "beats": the time column "at" of raw.beats is of type timestamp without time zone; it must be timestamp with time zone.',
    );
    await here((c) => c.query('drop table raw.beats'));
  });

  test('no privilege on the source', async () => {
    await asAdmin('create table raw.beats (at timestamptz not null)');
    const { message, hint } = await refusal(here((c) => applyRollup(c, definition, { schedule: false })));
    expect(message).toBe(
      'Rollup "beats": the source "raw"."beats" is owned by rdsadmin, and this login is not a member of that role, which creating capture triggers needs.',
    );
    expect(hint).toBe('Run: grant rdsadmin to the login that deploys.');
    await asAdmin('drop table raw.beats');
  });

  test('a database that is newer than the code', async () => {
    await here((c) =>
      c.query(
        "insert into rollup.migration (version, path, sha256) values (99, 'migrations/0099_later.sql', 'x')",
      ),
    );
    const { message, hint } = await refusal(here((c) => migrate(c)));
    const known = readManifest().version;
    expect(message).toBe(
      `The engine in this database is version 99, newer than this code, which knows version ${known}.`,
    );
    expect(hint).toBe('Upgrade tidemark to the version that installed it, or a later one.');
    await here((c) => c.query('delete from rollup.migration where version > $1', [known]));
  });

  test('a lock that is not obtained', async () => {
    await here((c) => c.query('create table raw.beats (at timestamptz not null)'));
    const holder = await openClient(database.url);
    try {
      await holder.query('begin; insert into raw.beats values (now())');
      const { message, hint } = await refusal(here((c) => applyRollup(c, definition, { schedule: false })));
      expect(message).toMatch(/^A lock was not obtained in time: .*\[55P03\]\.$/);
      expect(hint).toContain('Nothing was changed.');
    } finally {
      await holder.end();
    }
    const left = await here((c) => c.query('select from rollup.timeseries_rollup_config'));
    expect(left.rowCount).toBe(0);
  });
});
