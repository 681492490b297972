/** Whoever is a member of rds_iam logs in by IAM only: the master user must not become one by what it makes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { login } from '../../../infra/provider/entry';
import type { Data } from '../../../infra/provider/state';
import type { Cloud } from '../../standin/cloud';
import { connect, create, iamToken, instanceInputs, masterPassword, startCloud } from './cloudHelper';

const PASSWORD = 'TIDEMARK_TEST_MASTER_PASSWORD';
const MEMBER_OF = ['rds_superuser', 'rds_iam', 'pg_monitor'];

describe.each([15, 18])('on PostgreSQL %i', (version) => {
  const id = `lockout-${version}`;
  let cloud: Cloud;

  const enter = async (user: string, password: string) =>
    (await connect(cloud, id, { user, password })).end();
  const masterEnters = () => enter('postgres', masterPassword(cloud, id));
  const asMaster = async (...statements: readonly string[]) => {
    const client = await connect(cloud, id, { user: 'postgres', password: masterPassword(cloud, id) });
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const asRds = (statement: string) =>
    cloud.database(id).postgres.asAdmin('postgres', async (admin) => {
      await admin.query(statement);
    });
  const inputs = async (): Promise<Data> => {
    process.env[PASSWORD] = masterPassword(cloud, id);
    const { port } = cloud.database(id);
    const connection = {
      host: cloud.host,
      port,
      database: 'postgres',
      user: 'postgres',
      passwordEnv: PASSWORD,
      caFile: cloud.authority.caFile,
    };
    const checked = await login.check({}, { connection, login: 'deploy', memberOf: MEMBER_OF });
    expect(checked.failures ?? []).toEqual([]);
    return checked.inputs;
  };

  beforeAll(async () => {
    cloud = await startCloud(id);
    await create(cloud, 'aws:rds/instance:Instance', instanceInputs(id, version));
  });
  afterAll(() => cloud?.close());

  it(`${version >= 16 ? 'refuses' : 'lets in'} a master user that makes a login and grants it rds_iam`, async () => {
    await masterEnters();
    await asMaster('create role plain login', 'grant rds_iam to plain');
    if (version >= 16) {
      await expect(masterEnters()).rejects.toThrow(/PAM authentication failed/);
      await expect(login.create(await inputs())).rejects.toThrow(
        /members of rds_iam can log in with an IAM token only/,
      );
    } else await masterEnters();
    await asRds('drop role plain');
    await masterEnters();
  });

  it(`${version >= 16 ? 'counts' : 'does not count'} the maker of a login as its member, in pg_hba.conf itself`, async () => {
    await asRds("create role maker login createrole password 'secret'");
    const client = await connect(cloud, id, { user: 'maker', password: 'secret' });
    await client.query('create role made login');
    await client.end();
    await asRds('grant rds_iam to made');
    if (version >= 16) await expect(enter('maker', 'secret')).rejects.toThrow(/LDAP authentication failed/);
    else await enter('maker', 'secret');
    await asRds('drop role made; drop role maker');
  });

  it('refuses a master user that is made a member', async () => {
    await asRds('create role other login; grant rds_iam to other; grant other to postgres');
    await expect(masterEnters()).rejects.toThrow(/(PAM|LDAP) authentication failed/);
    await asRds('drop role other');
    await masterEnters();
  });

  it('lets the master user in by password after Login, and the login by token', async () => {
    const given = await inputs();
    const { outs } = await login.create(given);
    await masterEnters();
    await enter('deploy', await iamToken(cloud, id, 'deploy'));
    expect((await login.update('deploy', outs, given)).outs).toEqual(outs);
    await masterEnters();
    // What it makes for applications counts for itself, not for the master user.
    const deploy = await connect(cloud, id, {
      user: 'deploy',
      password: await iamToken(cloud, id, 'deploy'),
    });
    await deploy.query('create role app login; grant rds_iam to app; grant app to deploy');
    await deploy.end();
    await masterEnters();
    await enter('app', await iamToken(cloud, id, 'app'));
    await enter('deploy', await iamToken(cloud, id, 'deploy'));
    await asRds('drop role app');
  });

  it('keeps a removed login out, and lets it in when it is made again', async () => {
    const given = await inputs();
    const { outs } = await login.create(given);
    await login.delete('deploy', outs);
    await expect(enter('deploy', await iamToken(cloud, id, 'deploy'))).rejects.toThrow(
      /password authentication failed/,
    );
    await login.create(given);
    await enter('deploy', await iamToken(cloud, id, 'deploy'));
    await masterEnters();
  });
});
