import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { login } from '../../../infra/provider/entry';
import type { Data } from '../../../infra/provider/state';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';

const VARIABLE = 'TIDEMARK_TEST_LOGIN_URL';
const NAME = 'tidemark_test_login';
const GROUP = 'tidemark_test_group';
let database: TestDatabase;
let admin: Client;

const clean = () =>
  admin.query(`drop role if exists ${NAME}; drop role if exists ${NAME}_2; drop role if exists ${GROUP}`);

beforeAll(async () => {
  database = await createTestDatabase();
  process.env[VARIABLE] = database.url;
  admin = await openClient(database.adminUrl);
  await clean();
  // As RDS has rds_iam: a group that administrators may hand on.
  await admin.query(`create role ${GROUP}; grant ${GROUP} to tidemark with admin option`);
});
afterAll(async () => {
  await clean();
  await admin.end();
  await database.drop();
});

const stored = (data: Data | undefined): Data => JSON.parse(JSON.stringify(data)) as Data;

async function checked(values: Data): Promise<Data> {
  const { inputs, failures = [] } = await login.check({}, { connection: { urlEnv: VARIABLE }, ...values });
  expect(failures).toEqual([]);
  return inputs;
}

async function refused(values: Data): Promise<string> {
  const { failures = [] } = await login.check({}, { connection: { urlEnv: VARIABLE }, ...values });
  return failures.map(({ reason }) => reason).join(' ');
}

describe('the login of deployments', () => {
  it('is made by an administrator who is no superuser, may make roles and databases, and may hand its roles on', async () => {
    const inputs = await checked({ login: NAME, memberOf: [GROUP] });
    const { id, outs } = await login.create(inputs);
    expect(id).toBe(NAME);
    expect(await login.diff(id, stored(outs), inputs)).toEqual({ changes: false, replaces: [] });
    const found = await admin.query(
      `select rolcanlogin, rolcreaterole, rolcreatedb, rolsuper, rolpassword is null as no_password from pg_authid where rolname = $1`,
      [NAME],
    );
    expect(found.rows).toEqual([
      { rolcanlogin: true, rolcreaterole: true, rolcreatedb: true, rolsuper: false, no_password: true },
    ]);
    await admin.query(`set role ${NAME}`);
    await admin.query(`create role ${NAME}_2; grant ${GROUP} to ${NAME}_2; drop role ${NAME}_2`);
    await admin.query('reset role');
    expect((await login.create(inputs)).outs).toEqual(outs);
  });

  it('shows in a refresh what was taken from it, and an update gives it back', async () => {
    const inputs = await checked({ login: NAME, memberOf: [GROUP] });
    const { outs } = await login.create(inputs);
    await admin.query(`revoke ${GROUP} from ${NAME} granted by tidemark`).catch(() => undefined);
    await admin.query(`revoke ${GROUP} from ${NAME} cascade`).catch(() => undefined);
    const read = await login.read(NAME, stored(outs));
    expect(read.inputs).toMatchObject({ login: NAME, memberOf: [] });
    expect(await login.diff(NAME, stored(read.props), inputs)).toMatchObject({ changes: true });
    expect((await login.update(NAME, stored(read.props), inputs)).outs).toEqual(outs);
    await admin.query(`alter role ${NAME} nologin`);
    expect(await login.read(NAME, stored(outs))).toEqual({});
  });

  it('is replaced under another name, and removed', async () => {
    const inputs = await checked({ login: NAME, memberOf: [] });
    const { outs } = await login.create(inputs);
    const other = await checked({ login: `${NAME}_2`, memberOf: [] });
    expect(await login.diff(NAME, stored(outs), other)).toEqual({ changes: true, replaces: ['login'] });
    await login.delete(NAME, stored(outs));
    await login.delete(NAME, stored(outs));
    expect(await login.read(NAME, stored(outs))).toEqual({});
  });

  it.each(['rdsadmin', 'pg_login', 'Deploy', 'a'.repeat(64), ''])('cannot be called %j', async (name) => {
    expect(await refused({ login: name, memberOf: [] })).toMatch(
      /^login must be a name of at most 63 small letters/,
    );
  });
});
