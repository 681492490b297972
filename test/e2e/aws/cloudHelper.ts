/** A stand-in cloud for one test file, and the connections that a test makes by itself. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Signer } from '@aws-sdk/rds-signer';
import { Client, type ClientConfig } from 'pg';
import { Cloud } from '../../standin/cloud';

export const ROOT = join(__dirname, '../../..');

/** @param host The name of all endpoints. Default: localhost. */
export function startCloud(name: string, host?: string): Promise<Cloud> {
  return Cloud.start(join(ROOT, '.local', 'test', 'cloud', name), host);
}

export async function connect(cloud: Cloud, id: string, options: ClientConfig): Promise<Client> {
  const client = new Client({
    host: cloud.host,
    port: cloud.database(id).port,
    database: 'postgres',
    ssl: { rejectUnauthorized: true, ca: readFileSync(cloud.authority.caFile, 'utf8') },
    ...options,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The master user's password, out of the stand-in Secrets Manager. */
export function masterPassword(cloud: Cloud, id: string): string {
  const secret = cloud.secrets.value(cloud.rds.secretOf(id));
  return (JSON.parse(secret.text) as { password: string }).password;
}

export function iamToken(cloud: Cloud, id: string, user: string, key = cloud.credentials): Promise<string> {
  const { port } = cloud.database(id);
  return new Signer({
    hostname: cloud.host,
    port,
    username: user,
    region: cloud.account.region,
    credentials: key,
  }).getAuthToken();
}

/** Of the smallest `aws:rds/instance:Instance` that IAM logins reach. */
export const instanceInputs = (identifier: string, version: number) => ({
  identifier,
  engine: 'postgres',
  engineVersion: String(version),
  instanceClass: 'db.m7g.large',
  allocatedStorage: 20,
  storageType: 'gp3',
  username: 'postgres',
  manageMasterUserPassword: true,
  iamDatabaseAuthenticationEnabled: true,
  skipFinalSnapshot: true,
});

/** What `pulumi-resource-aws` would ask for. */
export async function create(
  cloud: Cloud,
  type: string,
  inputs: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const question = { type, name: 'x', id: '', token: '', inputs, olds: {}, news: {}, args: {}, ignored: [] };
  const { outputs } = (await cloud.resources.answer('create', question)) as {
    outputs: Record<string, unknown>;
  };
  return outputs;
}

export async function update(
  cloud: Cloud,
  type: string,
  id: string,
  news: Record<string, unknown>,
): Promise<void> {
  const question = { type, name: 'x', id, token: '', inputs: {}, olds: {}, news, args: {}, ignored: [] };
  await cloud.resources.answer('update', question);
}

export async function remove(cloud: Cloud, type: string, id: string): Promise<void> {
  const question = { type, name: 'x', id, token: '', inputs: {}, olds: {}, news: {}, args: {}, ignored: [] };
  await cloud.resources.answer('delete', question);
}
