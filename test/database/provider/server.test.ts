import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../../infra/local/postgres/database';
import { server } from '../../../infra/provider/entry';
import type { Data } from '../../../infra/provider/state';
import { UNKNOWN } from '../../../infra/provider/unknown';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';

const VARIABLE = 'TIDEMARK_TEST_SERVER_URL';
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  process.env[VARIABLE] = database.url;
});
afterAll(() => database?.drop());

const stored = (data: Data | undefined): Data => JSON.parse(JSON.stringify(data)) as Data;
const SHARED = { connection: { urlEnv: VARIABLE }, instance: 'metrics', region: 'eu-central-1' };

async function checked(parameters: Readonly<Record<string, string>>): Promise<Data> {
  const { inputs, failures = [] } = await server.check({}, { ...SHARED, parameters });
  expect(failures).toEqual([]);
  return inputs;
}

/** What every new session gets from now on, as after a change of the parameter group. */
const setForDatabase = (name: string, value: string) =>
  withClient(database.adminUrl, (client) =>
    client.query(
      `do $$ begin execute format('alter database %I set ${name} = %L', current_database(), '${value}'); end $$`,
    ),
  );

describe('the parameters of a server', () => {
  it('are in force, however their values are written, and then nothing is left to do', async () => {
    const inputs = await checked({
      shared_preload_libraries: 'pg_cron',
      'cron.database_name': 'tidemark',
      jit: '0',
      max_connections: '200',
      checkpoint_timeout: '900',
      password_encryption: 'SCRAM-SHA-256',
    });
    const { id, outs } = await server.create(inputs);
    expect(outs).toMatchObject({ pending: [], parameters: inputs['parameters'] });
    expect(await server.diff(id, stored(outs), inputs)).toEqual({ changes: false });
    const read = await server.read(id, stored(outs));
    expect(await server.diff(id, stored(read.props), inputs)).toEqual({ changes: false });
  });

  it('are what a new session gets, whatever this one has set for itself', async () => {
    await setForDatabase('lock_timeout', '60s');
    const inputs = await checked({ lock_timeout: '60000' });
    expect((await server.create(inputs)).outs).toMatchObject({
      pending: [],
      parameters: { lock_timeout: '60000' },
    });
  });

  it('are in force by another of the words that PostgreSQL has for them', async () => {
    await setForDatabase('wal_compression', 'on');
    await setForDatabase('synchronous_commit', 'off');
    const parameters = { wal_compression: 'on', synchronous_commit: '0' };
    expect((await server.create(await checked(parameters))).outs).toMatchObject({ pending: [], parameters });
  });

  it('that wait for a reboot are told, and differ in every preview until they are in force', async () => {
    const inputs = await checked({ max_connections: '250', jit: '0' });
    const { id, outs } = await server.create(inputs);
    expect(outs).toMatchObject({
      pending: ['max_connections'],
      parameters: { max_connections: '200', jit: '0' },
    });
    expect(await server.diff(id, stored(outs), inputs)).toEqual({ changes: true });
  });

  it('that the scheduler needs stop the deployment with one sentence', async () => {
    const inputs = await checked({
      'cron.database_name': 'metrics',
      shared_preload_libraries: 'auto_explain',
    });
    await expect(server.create(inputs)).rejects.toThrow(
      /^The server must be rebooted before the rollups can be applied: cron\.database_name \(now tidemark\) and shared_preload_libraries \(now \S*pg_cron\S*\) of its parameter group wait for a reboot\. Allow the reboot with `allowReboot: true`/,
    );
  });

  it('may be unknown in a preview', async () => {
    const { failures = [] } = await server.check({}, { ...SHARED, instance: UNKNOWN, parameters: UNKNOWN });
    expect(failures).toEqual([]);
  });

  it('belong to one instance or cluster', async () => {
    const { failures = [] } = await server.check({}, { ...SHARED, cluster: 'c', parameters: {} });
    expect(failures.map(({ reason }) => reason)).toEqual([
      'Give either instance or cluster: the identifier of the instance or cluster that may be rebooted.',
    ]);
  });
});
