import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { SocksClient } from 'socks';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startProxy } from '../../../infra/connection/proxy';

/** Listens and accepts nobody: it never comes back from waiting. */
const DEAF = `
  const server = require('node:net').createServer();
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;
let deaf: ChildProcess;
let port = 0;
const crowd: Socket[] = [];
let proxy: Awaited<ReturnType<typeof startProxy>> | undefined;

beforeAll(async () => {
  deaf = spawn(process.execPath, ['-e', DEAF], { stdio: ['ignore', 'pipe', 'inherit'] });
  port = await new Promise<number>((resolve) => deaf.stdout?.once('data', (text) => resolve(Number(text))));
  // A few fill the queue; who comes then gets no answer, as from a firewall that drops what comes.
  for (let count = 0; count < 8; count += 1) {
    crowd.push(connect(port, '127.0.0.1').on('error', () => undefined));
  }
  await sleep(200);
});
afterEach(() => {
  vi.useRealTimers();
  proxy?.close();
});
afterAll(() => {
  for (const socket of crowd) socket.destroy();
  deaf?.kill('SIGKILL');
});

/** Sockets of this process that wait for an answer: each keeps it from ending. */
const connecting = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource.endsWith('ConnectWrap')).length;

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !condition() && Date.now() < end; ) await turn();
  expect(condition()).toBe(true);
}

/** A program that asks the proxy for the way to who never answers, once the proxy asks `route` for it. */
async function ask(
  onFailure: (error: unknown) => void,
  found: Promise<undefined> = Promise.resolve(undefined),
): Promise<{ readonly leave: () => void; readonly ended: Promise<string> }> {
  const route = vi.fn(() => found);
  proxy = await startProxy({ route, onFailure });
  const { hostname, port: at, username, password } = new URL(proxy.url);
  const socket = connect(Number(at), hostname);
  const ended = SocksClient.createConnection({
    command: 'connect',
    destination: { host: '127.0.0.1', port },
    proxy: { type: 5, host: hostname, port: Number(at), userId: username, password },
    existing_socket: socket,
    timeout: 60_000,
  }).then(
    () => 'connected',
    () => 'refused',
  );
  await until(() => route.mock.calls.length === 1);
  return { leave: () => socket.destroy(), ended };
}

describe('a direct way to a host that never answers', () => {
  it.each(['the program leaves', 'the proxy is closed'])('is given up once %s, in silence', async (how) => {
    const told = vi.fn();
    const before = connecting();
    const { leave, ended } = await ask(told);
    await until(() => connecting() === before + 1);
    if (how === 'the program leaves') leave();
    else proxy?.close();
    expect(await ended).toBe('refused');
    await until(() => connecting() === before);
    expect(told).not.toHaveBeenCalled();
  });

  it('is not begun for a program that has left meanwhile', async () => {
    const before = connecting();
    const { ended } = await ask(() => undefined, sleep(200, undefined));
    proxy?.close();
    expect(await ended).toBe('refused');
    await sleep(300);
    expect(connecting()).toBe(before);
  });

  it('is given up after half a minute, and told', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const told = vi.fn();
    const before = connecting();
    const { ended } = await ask(told);
    await until(() => connecting() === before + 1);
    vi.advanceTimersByTime(30_000);
    await until(() => connecting() === before);
    expect(await ended).toBe('refused');
    expect(told).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ message: `127.0.0.1:${port} does not answer.`, sqlState: 'ETIMEDOUT' }),
    );
  });
});
