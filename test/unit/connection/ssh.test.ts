import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { Server } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSsh, type SshWay } from '../../../infra/connection/ssh';
import { type Bastion, startBastion } from '../../database/connection/bastion';
import { sshKey } from '../../helpers/sshKey';

// What is thrown beside these promises would end a program; vitest fails the whole run with it.
const folder = mkdtempSync(join(tmpdir(), 'tidemark-ssh-'));
const servers: { readonly close: () => unknown }[] = [];
const sockets = new Set<Socket>();
let bastion: Bastion;

beforeAll(async () => {
  bastion = await startBastion(folder, () => 1);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});
afterAll(() => {
  bastion?.stop();
  for (const server of servers) server.close();
  for (const socket of sockets) socket.destroy();
  rmSync(folder, { recursive: true });
});

async function listen(answer: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    answer(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const way = (more: Partial<SshWay> = {}): SshWay => ({
  host: '127.0.0.1',
  port: bastion.port,
  user: 'ops',
  hostKey: bastion.hostKey,
  keyFile: bastion.keyFile,
  ...more,
});
const message = (given: SshWay): Promise<string> =>
  openSsh(given).then(
    () => 'opened',
    (error: Error) => error.message,
  );

describe('an SSH host that lets nobody in', () => {
  it('is not even asked where the key file or the agent is missing', async () => {
    expect(await message(way({ port: 1, keyFile: '/absent' }))).toContain('The key file /absent');
    vi.stubEnv('SSH_AUTH_SOCK', undefined);
    const { keyFile: _, ...agent } = way({ port: 1 });
    expect(await message(agent)).toContain('because no SSH agent runs');
    await sleep(200);
  });

  it('may have an agent that is gone', async () => {
    vi.stubEnv('SSH_AUTH_SOCK', '/absent');
    const { keyFile: _, ...agent } = way();
    expect(await message(agent)).toBe('The SSH agent at SSH_AUTH_SOCK offers no key.');
    await sleep(200);
  });

  it('may reset the connection', async () => {
    const port = await listen((socket) => socket.resetAndDestroy());
    // ECONNRESET would mean a database that was there, and be waited for.
    await expect(openSsh(way({ port }))).rejects.toMatchObject({
      message: expect.stringMatching(
        /^The SSH host 127\.0\.0\.1:\d+ (cannot be reached \(ECONNRESET\)|did not answer as an SSH server)/,
      ),
      sqlState: 'ETIMEDOUT',
    });
    await sleep(200);
  });

  it.each([
    ['closes', (socket: Socket) => socket.end()],
    ['speaks HTTP', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['speaks an old SSH', (socket: Socket) => socket.write('SSH-1.0-old\r\n')],
    ['speaks nonsense', (socket: Socket) => socket.write('x'.repeat(70_000))],
  ])('may be no SSH server: %s', async (_what, answer) => {
    const port = await listen(answer);
    expect(await message(way({ port }))).toContain(
      `The SSH host 127.0.0.1:${port} did not answer as an SSH server`,
    );
    await sleep(200);
  });

  it.each([
    ['at once', (socket: Socket) => socket.end()],
    ['in the middle of the key exchange', (socket: Socket) => socket.once('data', () => socket.end())],
  ])('may greet as an SSH server and leave: %s', async (_when, leave) => {
    const port = await listen((socket) => {
      socket.write('SSH-2.0-x\r\n');
      leave(socket);
    });
    // Who only waits out its time says so instead.
    await expect(openSsh(way({ port }))).rejects.toMatchObject({
      message: `The SSH host 127.0.0.1:${port} did not answer as an SSH server (Connection lost before it was ready).`,
      sqlState: 'ETIMEDOUT',
    });
  });

  it('may say goodbye in the middle of the login', async () => {
    const server = new Server({ hostKeys: [sshKey().private] }, (client) => {
      client.on('error', () => undefined);
      // The library's end() is the goodbye that is no error, DISCONNECT BY_APPLICATION.
      client.on('authentication', () => client.end());
    });
    servers.push({ close: () => server.close() });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const hostKey = /has the key (\S+) instead of/.exec(await message(way({ port })))?.[1] ?? '';
    expect(await message(way({ port, hostKey }))).toContain(
      'did not answer as an SSH server (Connection lost before it was ready).',
    );
  });

  it('may stay silent', async () => {
    const port = await listen(() => undefined);
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const told = message(way({ port }));
    vi.advanceTimersByTime(20_000);
    vi.useRealTimers();
    expect(await told).toContain(`The SSH host 127.0.0.1:${port} did not answer as an SSH server`);
    await sleep(200);
  });
});

describe('an SSH host that falls silent', () => {
  it('while it is to connect to the database: it is not waited for longer than that would take', async () => {
    const link = await openSsh(way());
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const dialled = link.dial({ host: 'silent.test', port: 5432 });
    vi.advanceTimersByTime(15_000);
    vi.useRealTimers();
    await expect(dialled).rejects.toMatchObject({
      message: 'The SSH host 127.0.0.1 got no answer from silent.test:5432.',
      sqlState: 'ETIMEDOUT',
    });
    link.close();
  });

  it('while nothing is said: the tunnel is given up, and with it what waits for an answer', async () => {
    let silent = false;
    const port = await listen((near) => {
      const far = connect(bastion.port, '127.0.0.1').on('error', () => undefined);
      sockets.add(far);
      near.pipe(far);
      far.on('data', (chunk) => silent || near.write(chunk));
    });
    vi.useFakeTimers({ toFake: ['setInterval'] });
    const link = await openSsh(way({ port }));
    const pass = async (): Promise<void> => {
      vi.advanceTimersByTime(10_000);
      for (let turns = 0; turns < 20; turns += 1) await turn();
      await sleep(20);
    };
    for (let times = 0; times < 6; times += 1) await pass();
    expect(link.closed).toBe(false);
    silent = true;
    const dialled = link.dial({ host: 'silent.test', port: 5432 }).catch((cause: Error) => cause.name);
    for (let times = 0; times < 5; times += 1) await pass();
    expect(link.closed).toBe(true);
    expect(await dialled).toBe('TidemarkDatabaseError');
  });

  it('and is closed: who still asks is told at once, and no timer keeps the process', async () => {
    const link = await openSsh(way());
    link.close();
    await vi.waitFor(async () => expect(await timersOf(link)).toBe(0), 60_000);
  });
});

/** How many timers a dial on a link that refuses it leaves. */
async function timersOf(link: Awaited<ReturnType<typeof openSsh>>): Promise<number> {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  await expect(link.dial({ host: 'db.test', port: 5432 })).rejects.toThrow();
  return timers() - before;
}
