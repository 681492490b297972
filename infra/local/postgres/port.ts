import { createServer } from 'node:net';

/** Below the range that systems hand out to outgoing connections, so that none takes it while the server is down. */
const FIRST = 15_432;
const COUNT = 10_000;

/** True when nothing listens on that port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** A free port of 127.0.0.1, by chance, so that two servers that start together seldom meet. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
}
