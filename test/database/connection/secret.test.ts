import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import type { HostConnection } from '../../../infra/connection/connection';
import { secretPassword } from '../../../infra/connection/secret';
import { withClient } from '../../../infra/local/postgres/database';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { type Moto, startMoto } from '../../helpers/moto';

let moto: Moto;
let manager: SecretsManagerClient;
let database: TestDatabase;
let login = '';

beforeAll(async () => {
  moto = await startMoto();
  manager = new SecretsManagerClient({
    endpoint: moto.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  });
  database = await createTestDatabase();
  login = `rotated_${database.name}`;
  await admin(`create role "${login}" login password 'first'`);
});
afterAll(async () => {
  await admin(`drop role if exists "${login}"`);
  await database?.drop();
  manager?.destroy();
  await moto?.stop();
});
beforeEach(() => {
  for (const [name, value] of Object.entries(moto.env)) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

const admin = (sql: string): Promise<unknown> => withClient(database.adminUrl, (client) => client.query(sql));

async function secret(name: string, value: string): Promise<string> {
  const made = await manager.send(new CreateSecretCommand({ Name: name, SecretString: value }));
  return made.ARN ?? '';
}
const put = (arn: string, value: string): Promise<unknown> =>
  manager.send(new PutSecretValueCommand({ SecretId: arn, SecretString: value }));

const connection = (passwordSecret: string, more: Partial<HostConnection> = {}): HostConnection => {
  const { hostname, port, pathname } = new URL(database.url);
  return {
    host: hostname,
    port: Number(port),
    database: pathname.slice(1),
    user: login,
    tls: 'disable',
    passwordSecret,
    ...more,
  };
};
const user = (given: HostConnection): Promise<string | undefined> =>
  withConnection(given, async (client) => {
    const found = await client.query<{ user: string }>('select current_user as user');
    return found.rows[0]?.user;
  });

describe('a password in Secrets Manager', () => {
  it('is JSON as RDS writes it, or bare', async () => {
    const json = await secret('json', JSON.stringify({ username: login, password: 'first' }));
    expect(await user(connection(json))).toBe(login);
    expect(await user(connection(await secret('bare', 'first')))).toBe(login);
    // A name alone has no region of its own.
    expect(await user(connection('bare', { region: 'eu-central-1' }))).toBe(login);
  });

  it('is read anew when it was rotated, and the connection goes on', async () => {
    const arn = await secret('rotated', JSON.stringify({ password: 'first' }));
    expect(await user(connection(arn))).toBe(login);
    await admin(`alter role "${login}" password 'second'`);
    await put(arn, JSON.stringify({ password: 'second' }));
    expect(await secretPassword(connection(arn), arn)).toBe('first');
    expect(await user(connection(arn))).toBe(login);
    expect(await secretPassword(connection(arn), arn)).toBe('second');
    await admin(`alter role "${login}" password 'first'`);
  });

  it('that stays wrong is refused in one sentence, without it', async () => {
    const arn = await secret('wrong', 'hunter2-wrong');
    const error = await user(connection(arn)).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      sqlState: '28P01',
      message: expect.stringMatching(/^The database refused the password\./) as string,
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
  });

  it('is kept for five minutes and no longer', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const arn = await secret('kept', 'one');
    const given = connection(arn);
    expect(await secretPassword(given, arn)).toBe('one');
    await put(arn, 'two');
    vi.setSystemTime(Date.now() + 4 * 60_000);
    expect(await secretPassword(given, arn)).toBe('one');
    vi.setSystemTime(Date.now() + 61_000);
    expect(await secretPassword(given, arn)).toBe('two');
  });

  it('that is not there, or in a secret without one, is told with place and next step', async () => {
    const none = await secret('none', JSON.stringify({ username: 'hunter2' }));
    await expect(user(connection(none))).rejects.toMatchObject({
      message: `The secret ${none} in eu-central-1 does not contain a password.`,
      hint: 'It must be JSON with a text `password`, as RDS writes it, or only the password.',
    });
    await expect(user(connection('absent'))).rejects.toMatchObject({
      message:
        'secretsmanager:GetSecretValue for the secret absent in eu-central-1 failed: it does not exist there.',
      hint: 'Check its name or ARN, the account of the credentials and the region.',
    });
  });

  it('asks for credentials where there are none', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    await expect(user(connection('elsewhere'))).rejects.toMatchObject({
      message:
        'secretsmanager:GetSecretValue for the secret elsewhere in eu-central-1 failed: no AWS credentials are found.',
    });
  });
});

describe('the role of a connection', () => {
  it('is taken on after the login, whatever its name', async () => {
    const role = `owner "${database.name}"`;
    const quoted = `"${role.replaceAll('"', '""')}"`;
    await admin(`create role ${quoted}; grant ${quoted} to "${login}"`);
    const given = connection('bare', { role });
    expect(await user(given)).toBe(role);
    await admin(`revoke ${quoted} from "${login}"`);
    await expect(user(given)).rejects.toMatchObject({
      message: `The login ${login} is not allowed to use the role ${role}.`,
      hint: `Make it a member: grant ${quoted} to "${login}".`,
    });
    await admin(`drop role ${quoted}`);
    await expect(user(given)).rejects.toThrow(
      `The connection names the role ${role}, but that role does not exist.`,
    );
  });
});
