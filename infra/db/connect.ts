import { readFileSync } from 'node:fs';
import { Client, type ClientConfig, types } from 'pg';
import type { Connection } from '../plan/connection';
import { TidemarkError } from '../plan/error';
import { databaseError } from './errors';

/** A connection by URL, for programs that hold one already; never put it into a resource's inputs. */
export interface UrlConnection {
  readonly url: string;
}

const environment = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new TidemarkError(`The environment variable ${name}, which the connection names, is not set.`, {
      hint: `Export ${name} before running pulumi or tidemark.`,
    });
  }
  return value;
};

const file = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new TidemarkError(`The file ${path}, which the connection names, cannot be read.`, { cause });
  }
};

function clientConfig(connection: Connection | UrlConnection): ClientConfig {
  if ('url' in connection) return { connectionString: connection.url };
  if ('urlEnv' in connection) return { connectionString: environment(connection.urlEnv) };
  if ('urlFile' in connection) return { connectionString: file(connection.urlFile) };
  const {
    host,
    port = 5432,
    database,
    user,
    passwordEnv,
    passwordFile,
    tls = 'verify-full',
    caFile,
  } = connection;
  const password =
    passwordEnv !== undefined
      ? environment(passwordEnv)
      : passwordFile !== undefined
        ? file(passwordFile)
        : undefined;
  const ssl =
    tls === 'disable'
      ? false
      : { rejectUnauthorized: tls === 'verify-full', ...(caFile === undefined ? {} : { ca: file(caFile) }) };
  return { host, port, database, user, ssl, ...(password === undefined ? {} : { password }) };
}

/** Session settings that the engine's SQL relies on; the lock timeout keeps a change from queueing writers behind it. */
const SESSION = [
  'set search_path = pg_catalog, pg_temp',
  "set timezone = 'UTC'",
  "set datestyle = 'ISO, MDY'",
  "set lock_timeout = '3s'",
  "set default_transaction_isolation = 'read committed'",
  'set client_min_messages = warning',
].join('; ');

/** Opens a connection, runs the work, closes it. Errors of the connection become one clear sentence without secrets. */
export async function withConnection<T>(
  connection: Connection | UrlConnection,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    ...clientConfig(connection),
    application_name: 'tidemark',
    connectionTimeoutMillis: 15_000,
  });
  // Without a listener, a connection that the server ends while idle would end this process.
  client.on('error', () => undefined);
  // Times as text: a Date would cut microseconds.
  client.setTypeParser(types.builtins.TIMESTAMPTZ, (text) => text);
  client.setTypeParser(types.builtins.INT8, (text) => Number(text));
  try {
    await client.connect();
    await client.query(SESSION);
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw databaseError(cause);
  }
  try {
    return await work(client);
  } catch (cause) {
    throw databaseError(cause);
  } finally {
    await client.end().catch(() => undefined);
  }
}
