/** The connection of the stand-in for @pulumi/postgresql: as the real one makes it, from the provider's configuration. */
import { readFileSync } from 'node:fs';
import { Client, type ClientConfig } from 'pg';
import type { Data } from '../plugin/values';
import { throughProxy } from './proxy';

/** A switch of the configuration, which arrives as text. */
const on = (value: unknown): boolean => value === true || value === 'true';

/** Where the provider connects to, with a password or an IAM token that is made for this connection. */
async function clientConfig(variables: Data, database: string | null): Promise<ClientConfig> {
  const host = String(variables['host']);
  const port = Number(variables['port'] ?? 5432);
  const user = String(variables['username'] ?? 'postgres');
  const mode = String(variables['sslmode'] ?? 'require');
  const file = variables['sslrootcert'];
  const password = on(variables['awsRdsIamAuth'])
    ? await token(host, port, user, variables['awsRdsIamRegion'])
    : variables['password'];
  return {
    host,
    port,
    user,
    database: database ?? String(variables['database'] ?? 'postgres'),
    ...(password === undefined ? {} : { password: String(password) }),
    ssl:
      mode === 'disable'
        ? false
        : {
            rejectUnauthorized: mode === 'verify-full',
            ...(file === undefined ? {} : { ca: readFileSync(String(file), 'utf8') }),
          },
    ...(await throughProxy(host, port)),
    connectionTimeoutMillis: 15_000,
    application_name: 'standin postgresql',
  };
}

async function token(host: string, port: number, user: string, region: unknown): Promise<string> {
  const { Signer } = await import('@aws-sdk/rds-signer');
  return new Signer({ hostname: host, port, username: user, region: String(region) }).getAuthToken();
}

/** Connects, runs the work, disconnects. */
export async function connected<T>(
  variables: Data,
  database: string | null,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client(await clientConfig(variables, database));
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
