/** The way through to a database that cannot be reached directly. */
import type { Duplex } from 'node:stream';
import type { HostConnection } from './connection';
import { TidemarkDatabaseError } from './errors';
import { through } from './links';
import { announceRoute, PROXY_VARIABLE, type Route, routeOf } from './routes';
import { openSsh } from './ssh';
import { openSsm } from './ssm';

/**
 * A stream to the host of a connection; undefined where the connection has no tunnel. Under `tidemark pulumi` it goes
 * through the tunnel which that holds for all processes of the run.
 */
export async function tunnelStream(connection: HostConnection): Promise<Duplex | undefined> {
  const route = routeOf(connection);
  if (route === undefined) return undefined;
  const proxy = process.env[PROXY_VARIABLE];
  if (proxy === undefined || proxy === '') return routeStream(route);
  announceRoute(connection);
  return proxyStream(proxy, route);
}

/** A stream along a route, in this process. */
export function routeStream({ host, port, tunnel, region, profile }: Route): Promise<Duplex> {
  const target = { host, port };
  if ('ssh' in tunnel) return through(JSON.stringify(tunnel), () => openSsh(tunnel.ssh), target);
  const way = { instance: tunnel.ssm.instance, region, profile };
  return through(JSON.stringify([way, target]), () => openSsm(way, target), target);
}

/** A stream through a SOCKS server, which is given the host's name, not an address. */
async function proxyStream(proxy: string, { host, port }: Route): Promise<Duplex> {
  const { SocksClient } = require('socks') as typeof import('socks');
  const { hostname, port: at, username, password } = new URL(proxy);
  try {
    const { socket } = await SocksClient.createConnection({
      command: 'connect',
      destination: { host, port },
      proxy: { type: 5, host: hostname, port: Number(at), userId: username, password },
      timeout: 60_000,
      set_tcp_nodelay: true,
    });
    return socket;
  } catch {
    // Without a cause: that of the library holds its options, and with them the password of the SOCKS server.
    throw new TidemarkDatabaseError(`The tunnel to ${host}:${port} could not be opened.`, 'ECONNREFUSED', {
      hint: '`tidemark pulumi` opens this tunnel; see the reason in its error output.',
    });
  }
}
