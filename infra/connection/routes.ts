/**
 * How `tidemark pulumi` learns which database lies behind which tunnel, though both may be made by the very run: whoever
 * knows a connection writes it into a file that the environment names. Holds no secret.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TidemarkError } from '../model/error';
import type { HostConnection, Tunnel } from './connection';
import { regionOf } from './region';

/** Path of the file; set by `tidemark pulumi` for the processes that it starts. */
export const ROUTES_VARIABLE = 'TIDEMARK_TUNNEL_FILE';
/** URL of the SOCKS server that they reach databases through. */
export const PROXY_VARIABLE = 'TIDEMARK_PROXY';

/** A database behind a tunnel. */
export interface Route {
  readonly host: string;
  readonly port: number;
  readonly tunnel: Tunnel;
  /** AWS region of a tunnel of Systems Manager; empty for another one. */
  readonly region: string;
  readonly profile?: string;
}

/** The route of a connection; undefined where it needs no tunnel. */
export function routeOf(connection: HostConnection): Route | undefined {
  const { host, port = 5432, tunnel, profile } = connection;
  if (tunnel === undefined) return undefined;
  const region = 'ssm' in tunnel ? regionOf(connection) : '';
  return { host, port, tunnel, region, ...(profile === undefined ? {} : { profile }) };
}

/** The same route, with its key file where that folder means it: other processes work in other folders. */
export function rooted(route: Route, folder: string): Route {
  const { tunnel } = route;
  if (!('ssh' in tunnel) || tunnel.ssh.keyFile === undefined) return route;
  return { ...route, tunnel: { ssh: { ...tunnel.ssh, keyFile: resolve(folder, tunnel.ssh.keyFile) } } };
}

const announced = new Set<string>();

/** Tells `tidemark pulumi`, if this process runs under it, the way to a database. Once is enough, more does no harm. */
export function announceRoute(connection: HostConnection): void {
  const file = process.env[ROUTES_VARIABLE];
  const route = file === undefined || file === '' ? undefined : routeOf(connection);
  if (file === undefined || route === undefined) return;
  const line = `${JSON.stringify(rooted(route, process.cwd()))}\n`;
  if (announced.has(file + line)) return;
  try {
    // One short write to the end: lines of several processes do not mix.
    appendFileSync(file, line, { mode: 0o600 });
  } catch (cause) {
    throw new TidemarkError(
      `The variable ${ROUTES_VARIABLE} names the file ${file}, but the file cannot be written.`,
      {
        cause,
      },
    );
  }
  announced.add(file + line);
}

/** The latest route to that host and port in the file. */
export function announcedRoute(file: string, host: string, port: number): Route | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Route)
    .findLast((route) => sameHost(route.host, host) && route.port === port);
}

/** Names of hosts have no case, and may end with a dot. */
export function sameHost(a: string, b: string): boolean {
  const [one, other] = [a, b].map((name) => name.toLowerCase().replace(/\.$/, ''));
  return one === other;
}
