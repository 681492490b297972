/** A SOCKS server on this machine that leads other programs' connections through the tunnels of their databases. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TidemarkDatabaseError } from './errors';
import type { Route } from './routes';
import { routeStream } from './tunnel';

export interface Proxy {
  /**
   * `socks5://user:password@127.0.0.1:port`. The password keeps other users of this machine out; they can still find the port
   * of a session-manager-plugin, which knows no password.
   */
  readonly url: string;
  close(): void;
}

export interface ProxyOptions {
  /** The way to a host, asked at each connection; undefined: directly. */
  readonly route: (host: string, port: number) => Promise<Route | undefined>;
  /** Receives what went wrong on a way: the program that connects is told no more than that it failed. */
  readonly onFailure: (error: unknown) => void;
}

const USER = 'tidemark';
const ANSWER_MILLISECONDS = 30_000;

/** Listens on a port that the system chooses, until it is closed. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const { Socks5Server } = require('@pondwader/socks5-server') as typeof import('@pondwader/socks5-server');
  const secret = randomBytes(24).toString('hex');
  const sockets = new Set<Socket>();
  const socks = new Socks5Server();
  socks.setAuthHandler(({ username, password }) => username === USER && equal(password, secret));
  socks.setConnectionHandler(({ socket, destAddress, destPort }, answer) => {
    socket.on('error', () => undefined);
    void lead(socket, destAddress, destPort, options).then((far) => {
      if (far === undefined) return answer('HOST_UNREACHABLE');
      answer('REQUEST_GRANTED');
      socket.pipe(far).pipe(socket);
    });
  });
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socks._handleConnection(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `socks5://${USER}:${secret}@127.0.0.1:${port}`,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function equal(given: string, secret: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(secret)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** The far end of a connection, bound to end with it; undefined where the way failed, or nobody waits for it any more. */
async function lead(
  near: Duplex,
  host: string,
  port: number,
  { route, onFailure }: ProxyOptions,
): Promise<Duplex | undefined> {
  try {
    const found = await route(host, port);
    if (near.destroyed) return undefined;
    const far = found === undefined ? await direct(near, host, port) : await routeStream(found);
    if (far === undefined) return undefined;
    far.on('error', () => near.destroy());
    far.once('close', () => near.destroy());
    near.once('close', () => far.destroy());
    if (near.destroyed) far.destroy();
    return far;
  } catch (cause) {
    onFailure(cause);
    return undefined;
  }
}

/** undefined: `near` was closed before anybody answered. The system itself would go on for two minutes. */
function direct(near: Duplex, host: string, port: number): Promise<Duplex | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    near.once('close', () => socket.destroy());
    const timer = setTimeout(() => socket.destroy(unanswered(host, port)), ANSWER_MILLISECONDS);
    socket.once('connect', () => {
      socket.off('error', reject);
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}

function unanswered(host: string, port: number): Error {
  return new TidemarkDatabaseError(`${host}:${port} does not answer.`, 'ETIMEDOUT', {
    hint: 'Check that this machine can reach it, or name the tunnel to it with --tunnel-instance or --connection.',
  });
}
