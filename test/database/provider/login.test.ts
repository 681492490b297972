import type { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { login } from '../../../infra/provider/entry';
import type { Data } from '../../../infra/provider/state';
import { createTestDatabase, generation, openClient, type TestDatabase } from '../../helpers/database';

const VARIABLE = 'TIDEMARK_TEST_LOGIN_URL';
const NAME = 'tidemark_test_login';
const GROUP = 'tidemark_test_group';
/** From 16 on a login that is made has no administrator but the superuser. */
const ADMINISTERED = generation() < 16;
let database: TestDatabase;
let admin: Client;

async function clean(): Promise<void> {
  for (const role of [NAME, `${NAME}_2`, GROUP, `${GROUP}_2`])
    await admin.query(`drop role if exists ${role}`);
}

beforeAll(async () => {
  database = await createTestDatabase();
  process.env[VARIABLE] = database.url;
  admin = await openClient(database.adminUrl);
});
beforeEach(async () => {
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

  it('is replaced under another name', async () => {
    const { outs } = await login.create(await checked({ login: NAME, memberOf: [] }));
    const other = await checked({ login: `${NAME}_2`, memberOf: [] });
    expect(await login.diff(NAME, stored(outs), other)).toEqual({ changes: true, replaces: ['login'] });
  });

  it('is removed, or is left without any role where nobody but a superuser may drop it', async () => {
    const inputs = await checked({ login: NAME, memberOf: [GROUP] });
    const { outs } = await login.create(inputs);
    await login.delete(NAME, stored(outs));
    await login.delete(NAME, stored(outs));
    const read = await login.read(NAME, stored(outs));
    if (ADMINISTERED) expect(read).toEqual({});
    else expect(read.inputs).toMatchObject({ memberOf: [] });
    expect((await login.create(inputs)).outs).toEqual(outs);
    expect((await login.read(NAME, stored(outs))).inputs).toMatchObject({ memberOf: [GROUP] });
  });

  it('is not said to be removed while it is there and others have granted it a role', async () => {
    const { outs } = await login.create(await checked({ login: NAME, memberOf: [GROUP] }));
    await admin.query(`create role ${GROUP}_2; grant ${GROUP}_2 to ${NAME}`);
    if (ADMINISTERED) return login.delete(NAME, stored(outs));
    await expect(login.delete(NAME, stored(outs))).rejects.toThrow(/permission denied to drop role/);
    expect((await login.read(NAME, stored(outs))).inputs).toMatchObject({ memberOf: [GROUP] });
  });

  it('has no members, also when a role was taken on to make it, and when makers make themselves members', async () => {
    if (!ADMINISTERED) process.env['PGOPTIONS'] = '-c createrole_self_grant=set,inherit';
    await admin.query(`create role ${GROUP}_2 createrole createdb; grant ${GROUP}_2 to tidemark`);
    await login.create(await checked({ login: NAME, memberOf: [GROUP] }));
    const { hostname, port, username, password } = new URL(database.url);
    process.env[`${VARIABLE}_PASSWORD`] = decodeURIComponent(password);
    const connection = {
      host: hostname,
      port: Number(port),
      database: database.name,
      user: username,
      passwordEnv: `${VARIABLE}_PASSWORD`,
      tls: 'disable',
      role: `${GROUP}_2`,
    };
    const { inputs } = await login.check({}, { connection, login: `${NAME}_2`, memberOf: [] });
    await login.create(inputs);
    delete process.env['PGOPTIONS'];
    const { rows } = await admin.query(
      `select pg_get_userbyid(member) as member from pg_auth_members where pg_get_userbyid(roleid) = any($1)
       union all select rolname from pg_roles where rolname ~ '^tidemark_maker'`,
      [[NAME, `${NAME}_2`]],
    );
    expect(rows).toEqual([]);
  });

  it('does not become a member of rds_iam while that would lock out whoever makes it so', async () => {
    await login.create(await checked({ login: NAME, memberOf: [] }));
    process.env[`${VARIABLE}_2`] = database.adminUrl;
    const connection = { urlEnv: `${VARIABLE}_2` };
    const made = await admin.query("select from pg_roles where rolname = 'rds_iam'");
    if (made.rowCount === 0) await admin.query('create role rds_iam');
    try {
      await admin.query(`do $$ begin execute format('grant ${NAME} to %I', current_user); end $$`);
      const { inputs } = await login.check({}, { connection, login: NAME, memberOf: ['rds_iam'] });
      await expect(login.create(inputs)).rejects.toThrow(
        new RegExp(
          `is a member of ${NAME}\\. If ${NAME} were granted rds_iam, .* Nothing was changed\\. Revoke that membership`,
        ),
      );
      const read = await login.read(NAME, inputs);
      expect(read.inputs).toMatchObject({ memberOf: [] });
      await admin.query(`do $$ begin execute format('revoke ${NAME} from %I', current_user); end $$`);
      await login.create(inputs);
    } finally {
      if (made.rowCount === 0) await admin.query('drop role rds_iam');
    }
  });

  it('says what a role of its name lacks that it may not be given', async () => {
    await login.create(await checked({ login: NAME, memberOf: [] }));
    await admin.query(`alter role ${NAME} nocreatedb`);
    const again = login.create(await checked({ login: NAME, memberOf: [] }));
    if (ADMINISTERED) await again;
    else
      await expect(again).rejects.toThrow(
        /without LOGIN, CREATEROLE or CREATEDB, and tidemark is not allowed to/,
      );
  });

  it.each(['rdsadmin', 'pg_login', 'Deploy', 'a'.repeat(64), ''])('cannot be called %j', async (name) => {
    expect(await refused({ login: name, memberOf: [] })).toMatch(
      /^login must be a name of at most 63 small letters/,
    );
  });
});
