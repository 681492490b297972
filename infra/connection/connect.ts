import { Client, DatabaseError, types } from 'pg';
import { clientConfig, keepsPassword, type UrlConnection } from './client';
import type { Connection } from './connection';
import { databaseError } from './errors';
import { takeRole } from './role';

export type { UrlConnection } from './client';

/** Session settings that the engine's SQL relies on; the lock timeout keeps a change from queueing writers behind it. */
const SESSION = [
  'set search_path = pg_catalog, pg_temp',
  "set timezone = 'UTC'",
  "set datestyle = 'ISO, MDY'",
  "set lock_timeout = '3s'",
  "set default_transaction_isolation = 'read committed'",
  'set client_min_messages = warning',
].join('; ');

/** Logs in and prepares the session; a client that cannot do both is closed again. */
async function open(connection: Connection | UrlConnection, fresh: boolean): Promise<Client> {
  const client = new Client({
    ...(await clientConfig(connection, fresh)),
    application_name: 'tidemark',
    connectionTimeoutMillis: 15_000,
    // A failover may take a host away in silence: without these its sessions would be waited for without end.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // Without a listener, a connection that the server ends while idle would end this process.
  client.on('error', () => undefined);
  // Times as text: a Date would cut microseconds.
  client.setTypeParser(types.builtins.TIMESTAMPTZ, (text) => text);
  client.setTypeParser(types.builtins.INT8, (text) => Number(text));
  try {
    await client.connect();
    await client.query(SESSION);
    if ('role' in connection && connection.role !== undefined) await takeRole(client, connection.role);
    return client;
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw cause;
  }
}

/** RDS rotates the passwords that it keeps in Secrets Manager: one that is refused is read anew, and tried once more. */
async function openRotated(connection: Connection | UrlConnection): Promise<Client> {
  try {
    return await open(connection, false);
  } catch (cause) {
    if (!(cause instanceof DatabaseError) || cause.code !== '28P01' || !keepsPassword(connection))
      throw cause;
    return open(connection, true);
  }
}

/**
 * Opens a connection, runs the work, closes it. Errors of the connection become one clear sentence without secrets.
 * Password or token are read at the time of the call; a tunnel is shared with other calls of this process.
 */
export async function withConnection<T>(
  connection: Connection | UrlConnection,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await openRotated(connection).catch((cause: unknown) => {
    throw databaseError(cause, connection);
  });
  try {
    return await work(client);
  } catch (cause) {
    throw databaseError(cause);
  } finally {
    await client.end().catch(() => undefined);
  }
}
