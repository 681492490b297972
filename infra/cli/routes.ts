/** Which tunnel a host of `tidemark pulumi` lies behind: what the run itself tells, then options, then the last run. */

import type { Connection, HostConnection, Tunnel } from '../connection/connection';
import { isRdsHost } from '../connection/region';
import { announcedRoute, type Route, rooted, routeOf, sameHost } from '../connection/routes';
import { parseConnection, readConnectionFile } from './connectionFile';

export interface RouteSources {
  /** File that the program and its providers write routes into as soon as they know them. */
  readonly file: string;
  /** Id of an instance to take to every host of RDS. */
  readonly tunnelInstance?: string;
  /** File with a connection, whose tunnel is taken to its host and to every host of RDS. */
  readonly connection?: string;
  /** The project's folder, where relative paths of the stack's output begin. */
  readonly project: string;
  /** The stack's output `connection` as JSON, of an earlier run; undefined where there is none. */
  readonly stackOutput: () => Promise<string | undefined>;
}

/** Finds the route to a host; undefined for one that needs none, such as what is no database. */
export function routeFinder(
  sources: RouteSources,
): (host: string, port: number) => Promise<Route | undefined> {
  const { file, tunnelInstance } = sources;
  const given = sources.connection === undefined ? undefined : readConnectionFile(sources.connection);
  let asked: Promise<Connection | undefined> | undefined;
  const ask = async (): Promise<Connection | undefined> => {
    const text = await sources.stackOutput();
    return text === undefined ? undefined : parseConnection(text, 'The stack’s output `connection`');
  };
  const fromStack = (): Promise<Connection | undefined> => {
    if (asked !== undefined) return asked;
    // Where there is none, the next one asks again: the stack may just be locked.
    const keep = (found?: Connection): void => {
      if (found === undefined) asked = undefined;
    };
    asked = ask();
    asked.then(keep, () => keep());
    return asked;
  };
  return async (host, port) => {
    const announced = announcedRoute(file, host, port);
    if (announced !== undefined) return announced;
    if (tunnelInstance !== undefined && isRdsHost(host)) {
      return along({ ssm: { instance: tunnelInstance } }, undefined, host, port);
    }
    if (given !== undefined) return alongConnection(given, host, port);
    const found = isRdsHost(host) ? alongConnection(await fromStack(), host, port) : undefined;
    return found === undefined ? undefined : rooted(found, sources.project);
  };
}

/** By the tunnel of a connection, if it leads to that host. An endpoint for readers has another name and the same way. */
function alongConnection(connection: Connection | undefined, host: string, port: number): Route | undefined {
  if (connection === undefined || !('host' in connection) || connection.tunnel === undefined)
    return undefined;
  if (!sameHost(connection.host, host) && !isRdsHost(host)) return undefined;
  return along(connection.tunnel, connection, host, port);
}

function along(
  tunnel: Tunnel,
  connection: HostConnection | undefined,
  host: string,
  port: number,
): Route | undefined {
  return routeOf({ database: '', user: '', ...connection, host, port, tunnel });
}
