import { describe, expect, it } from 'vitest';
import type { ExistingDatabaseArgs } from '../../../infra/aws';
import { existingProblems, locateArn, locateHost, managedSecret } from '../../../infra/aws/existing';
import { known, only, SECRET } from './mocks';
import { build, TYPES } from './stacks';

const INSTANCE = 'arn:aws:rds:eu-central-1:123456789012:db:theirs';
const CLUSTER = 'arn:aws:rds:eu-central-1:123456789012:cluster:theirs';
const HOST = 'theirs.abc123.eu-central-1.rds.amazonaws.com';
const WRITER = 'theirs.cluster-abc123.eu-central-1.rds.amazonaws.com';
const OWN_SECRET = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:own-AbCdEf';

const NEEDED = { shared_preload_libraries: 'pg_cron', 'cron.database_name': 'metrics' };

type Row = readonly [
  existing: ExistingDatabaseArgs['existing'],
  target: Readonly<Record<string, string>>,
  connection: Readonly<Record<string, unknown>>,
];

const FOUND: readonly Row[] = [
  [
    { arn: INSTANCE },
    { instance: 'theirs' },
    { host: 'theirs.abc.eu-central-1.rds.amazonaws.com', port: 5433, user: 'root', passwordSecret: SECRET },
  ],
  [
    { arn: CLUSTER },
    { cluster: 'theirs' },
    {
      host: 'theirs.cluster-abc.eu-central-1.rds.amazonaws.com',
      port: 5434,
      user: 'root',
      passwordSecret: SECRET,
    },
  ],
  [
    { arn: INSTANCE, user: 'me', port: 6000, passwordSecret: OWN_SECRET },
    { instance: 'theirs' },
    { port: 6000, user: 'me', passwordSecret: OWN_SECRET },
  ],
  [
    { host: HOST, passwordSecret: OWN_SECRET },
    { instance: 'theirs' },
    { host: HOST, port: 5432, user: 'postgres', passwordSecret: OWN_SECRET, region: 'eu-central-1' },
  ],
  [
    { host: WRITER, passwordEnv: 'PASSWORD', user: 'root' },
    { cluster: 'theirs' },
    { host: WRITER, user: 'root', passwordEnv: 'PASSWORD' },
  ],
];

describe('a database that is there already', () => {
  it.each(FOUND)('%j is only looked at', async (existing, target, connection) => {
    const { resources } = await build({ existing });
    expect(resources.map(({ type }) => type).sort()).toEqual(
      [TYPES.login, TYPES.server, 'tidemark:aws:RollupDatabase'].sort(),
    );
    const server = only(resources, TYPES.server);
    expect(server.inputs).toMatchObject({
      ...target,
      region: 'eu-central-1',
      parameters: NEEDED,
      allowReboot: false,
    });
    expect(server.options.deletedWith).toBe('');
    for (const type of [TYPES.server, TYPES.login]) {
      expect(only(resources, type).inputs['connection']).toMatchObject({
        database: 'postgres',
        ...connection,
      });
    }
    expect(only(resources, TYPES.login).options.dependsOn).toContain(`${TYPES.server}::database-server`);
  });

  it('has no outputs of what was not made', async () => {
    const { result } = await build({ existing: { arn: CLUSTER } });
    expect(result).toMatchObject({
      kind: 'cluster',
      deleteWith: undefined,
      design: undefined,
      logGroupName: undefined,
      securityGroupId: undefined,
      vpcId: undefined,
      instanceIdentifiers: [],
    });
  });

  it('may have any name, and then nobody can reboot it', async () => {
    const existing = {
      host: 'db.example.com',
      region: 'eu-west-1',
      passwordFile: 'secret/password',
      engineVersion: '15',
    };
    const { resources, result } = await build({ existing });
    expect(resources.filter(({ type }) => type === TYPES.server)).toEqual([]);
    expect(result.server).toBeUndefined();
    expect(await known(result.engineVersion)).toBe('15');
    expect(only(resources, TYPES.login).inputs['connection']).toEqual({
      host: 'db.example.com',
      port: 5432,
      region: 'eu-west-1',
      database: 'postgres',
      user: 'postgres',
      passwordFile: 'secret/password',
    });
  });

  it('has a password elsewhere if RDS does not manage it', async () => {
    const answers = {
      'aws:rds/getInstance:getInstance': {
        address: HOST,
        port: 5432,
        masterUsername: 'root',
        masterUserSecrets: [],
      },
    };
    const { resources } = await build({ existing: { arn: INSTANCE, passwordEnv: 'PASSWORD' } }, { answers });
    const connection = only(resources, TYPES.login).inputs['connection'];
    expect(connection).toMatchObject({ passwordEnv: 'PASSWORD' });
    expect(connection).not.toHaveProperty('passwordSecret');
    expect(() => managedSecret(INSTANCE, [])).toThrow(
      `The master password of ${INSTANCE} is not managed by RDS; give existing.passwordSecret, existing.passwordEnv or existing.passwordFile.`,
    );
  });

  it.each<readonly [ExistingDatabaseArgs['existing'], string]>([
    [{}, 'existing must have one of arn and host.'],
    [{ arn: INSTANCE, host: HOST, passwordEnv: 'P' }, 'existing must have one of arn and host.'],
    [
      { arn: 'arn:aws:s3:::bucket' },
      'existing.arn is arn:aws:s3:::bucket; it must be that of an RDS instance or Aurora cluster: arn:aws:rds:<region>:<account>:db:<name>, or cluster in place of db.',
    ],
    [
      { host: 'a.cluster-ro-abc.eu-central-1.rds.amazonaws.com', region: 'eu-central-1', passwordEnv: 'P' },
      "existing.host is a.cluster-ro-abc.eu-central-1.rds.amazonaws.com, which is not an endpoint of the writer; give the cluster's own endpoint.",
    ],
    [
      { host: 'db.example.com', passwordEnv: 'P' },
      'existing.region is missing, and the name of existing.host does not contain a region.',
    ],
    [
      { host: HOST, passwordEnv: 'P', passwordFile: 'f' },
      'existing has more than one of passwordSecret, passwordEnv and passwordFile.',
    ],
    [
      { host: HOST },
      'existing must have one of passwordSecret, passwordEnv and passwordFile, to make the login for IAM.',
    ],
    [
      { arn: INSTANCE, engineVersion: '13' },
      'existing.engineVersion is 13; it must be 15, 16, 17, 18 or a minor version of them, such as 17.6 (in YAML within quotes).',
    ],
  ])('%j is refused', (existing, sentence) => {
    expect(existingProblems({ existing })).toEqual([sentence]);
  });

  it('is refused a database that every server has', () => {
    expect(existingProblems({ existing: { arn: INSTANCE }, database: 'postgres' })).toHaveLength(1);
  });
});

describe('names of AWS', () => {
  it.each([
    [INSTANCE, { region: 'eu-central-1', target: { kind: 'instance', identifier: 'theirs' } }],
    [
      'arn:aws-cn:rds:cn-north-1:123456789012:cluster:a-b',
      { region: 'cn-north-1', target: { kind: 'cluster', identifier: 'a-b' } },
    ],
    ['arn:aws:rds:eu-central-1:123456789012:snapshot:theirs', undefined],
  ])('%s', (arn, located) => {
    expect(locateArn(arn)).toEqual(located);
  });

  it.each([
    [HOST, { region: 'eu-central-1', target: { kind: 'instance', identifier: 'theirs' } }],
    [WRITER, { region: 'eu-central-1', target: { kind: 'cluster', identifier: 'theirs' } }],
    ['a.cluster-ro-abc.eu-central-1.rds.amazonaws.com', undefined],
    ['localhost', undefined],
  ])('%s', (host, located) => {
    expect(locateHost(host)).toEqual(located);
  });
});
