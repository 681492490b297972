/** From a connection to what `pg` is made with, at the time of each connect. */
import type { Duplex } from 'node:stream';
import type { ClientConfig } from 'pg';
import type { Connection, HostConnection } from './connection';
import { environmentValue, fileText, passwordOf } from './credential';
import { tlsOf } from './tls';
import { tunnelStream } from './tunnel';
import { urlConfig } from './url';

/** A connection by URL, for programs that hold one already; never put it into a resource's inputs. */
export interface UrlConnection {
  readonly url: string;
}

/**
 * What `pg` needs to connect now; its tunnel is open.
 * @param fresh true: with a password that is not kept from an earlier connect.
 */
export async function clientConfig(
  connection: Connection | UrlConnection,
  fresh = false,
): Promise<ClientConfig> {
  if ('url' in connection) return urlConfig(connection.url);
  if ('urlEnv' in connection) return urlConfig(environmentValue(connection.urlEnv));
  if ('urlFile' in connection) return urlConfig(fileText(connection.urlFile));
  const { host, port = 5432, database, user } = connection;
  const ssl = tlsOf(connection);
  const password = await passwordOf(connection, fresh);
  const stream = await tunnelStream(connection);
  return {
    host,
    port,
    database,
    user,
    ssl,
    ...(password === undefined ? {} : { password }),
    ...(stream === undefined ? {} : { stream: () => connected(stream) }),
  };
}

/** Whether a refused password may be an old one that is kept here, while the secret holds a new one. */
export function keepsPassword(connection: Connection | UrlConnection): connection is HostConnection {
  return 'passwordSecret' in connection && connection.passwordSecret !== undefined;
}

/** `pg` connects the stream that it is given; this one is connected already. */
function connected(stream: Duplex): Duplex {
  const nothing = (): Duplex => stream;
  return Object.assign(stream, {
    connect: () => {
      process.nextTick(() => stream.emit('connect'));
      return stream;
    },
    ...('setNoDelay' in stream ? {} : { setNoDelay: nothing }),
    ...('setKeepAlive' in stream ? {} : { setKeepAlive: nothing }),
  });
}
