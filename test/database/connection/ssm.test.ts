import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import type { HostConnection } from '../../../infra/connection/connection';
import { closeLinks } from '../../../infra/connection/links';
import { type StandInSsm, startSsm, TOKEN } from '../../helpers/ssm';
import { useSecureServer } from './secureServer';

const HOST = 'db.c1x2.eu-central-1.rds.amazonaws.com';
const INSTANCE = 'i-0123456789abcdef0';
const PASSWORD = 'TIDEMARK_TEST_SSM_PASSWORD';
const secure = useSecureServer('ssm');
let ssm: StandInSsm;

beforeAll(async () => {
  ssm = await startSsm(secure.folder, secure.server.port);
  await secure.present(secure.authority, HOST);
});
beforeEach(() => {
  vi.stubEnv('PATH', `${ssm.bin}${delimiter}${process.env['PATH']}`);
  vi.stubEnv('AWS_ENDPOINT_URL_SSM', ssm.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'hunter2-key');
  vi.stubEnv(PASSWORD, secure.password);
});
afterEach(() => {
  closeLinks();
  ssm.refuse(undefined);
  vi.unstubAllEnvs();
});
afterAll(() => ssm?.stop());

const connection = (host = HOST): HostConnection => ({
  host,
  database: secure.server.database,
  user: 'tidemark',
  passwordEnv: PASSWORD,
  caFile: secure.authority.caFile,
  region: 'eu-central-1',
  tunnel: { ssm: { instance: INSTANCE } },
});
const encrypted = (given: HostConnection): Promise<boolean | undefined> =>
  withConnection(given, async (client) => {
    const found = await client.query<{ ssl: boolean }>(
      'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
    );
    return found.rows[0]?.ssl;
  });
const runs = (pid: number): boolean => existsSync(`/proc/${pid}`);

async function gone(pid: number): Promise<void> {
  for (let tries = 0; runs(pid) && tries < 600; tries += 1) await sleep(100);
  expect(runs(pid)).toBe(false);
}

describe('a tunnel through Systems Manager', () => {
  it('is one port forward to the database host, shared, with the host’s own name for TLS', async () => {
    expect(await Promise.all([1, 2, 3].map(() => encrypted(connection())))).toEqual([true, true, true]);
    const request = {
      Target: INSTANCE,
      DocumentName: 'AWS-StartPortForwardingSessionToRemoteHost',
      Parameters: { host: [HOST], portNumber: ['5432'] },
    };
    expect(ssm.requests).toEqual([request]);
    const [run, ...more] = ssm.runs();
    expect(more).toEqual([]);
    expect(run?.args.slice(0, 4)).toEqual([
      'AWS_SSM_START_SESSION_RESPONSE',
      'eu-central-1',
      'StartSession',
      '',
    ]);
    expect(JSON.parse(run?.args[4] ?? '')).toEqual(request);
    expect(run?.args[5]).toBe(ssm.endpoint);
    expect(run?.response).toEqual({
      SessionId: 'ops-1',
      StreamUrl: 'wss://stream.test/ops-1',
      TokenValue: TOKEN,
    });
    // The test would see it, were it there: the request is.
    expect(run?.cmdline).toContain(HOST);
    expect(run?.cmdline).not.toContain(TOKEN);
    expect(run?.cmdline).not.toContain('stream.test');
    closeLinks();
    await gone(run?.pid ?? 0);
    expect(ssm.ended()).toContain(run?.pid);
  });

  it('is started again when its plugin has died', async () => {
    await encrypted(connection());
    const first = ssm.runs().at(-1)?.pid ?? 0;
    process.kill(first, 'SIGKILL');
    await gone(first);
    expect(await encrypted(connection())).toBe(true);
    expect(ssm.runs().at(-1)?.pid).not.toBe(first);
  });

  it('tells why it cannot be opened, and not the token', async () => {
    const told = async (given = connection()): Promise<string> => {
      const error: unknown = await encrypted(given).catch((cause: unknown) => cause);
      if (!(error instanceof Error)) throw new Error('It was opened.');
      const all = `${error.stack}${JSON.stringify(error, Object.getOwnPropertyNames(error))}`;
      expect(all).not.toContain(TOKEN);
      return error.message;
    };
    ssm.refuse('TargetNotConnected');
    expect(await told()).toBe(
      `ssm:StartSession for the instance ${INSTANCE} in eu-central-1 failed: the instance is not connected to Systems Manager.`,
    );
    ssm.refuse('AccessDeniedException');
    expect(await told()).toContain('failed: access is denied.');
    ssm.refuse(undefined);
    expect(await told(connection('broken.test'))).toBe(
      'session-manager-plugin ended before it opened a port. It said: SessionId ops-1 with … was refused',
    );
    // Or it would stay open with nobody in it.
    expect(ssm.requests.at(-1)).toEqual({ SessionId: 'ops-1' });
  });

  it('says what to install where the plugin is missing or too old, before it starts a session', async () => {
    const asked = ssm.requests.length;
    const empty = join(secure.folder, 'empty');
    mkdirSync(empty, { recursive: true });
    vi.stubEnv('PATH', empty);
    await expect(encrypted(connection())).rejects.toMatchObject({
      message: 'A tunnel through Systems Manager needs session-manager-plugin, which is not installed.',
      hint: expect.stringContaining('session-manager-working-with-install-plugin.html') as string,
    });
    const old = await startSsm(join(secure.folder, 'old'), 1, '1.2.497.0');
    vi.stubEnv('PATH', old.bin);
    await expect(encrypted(connection())).rejects.toThrow('session-manager-plugin 1.2.497.0 is too old');
    old.stop();
    expect(ssm.requests.length).toBe(asked);
  });

  it.each([
    ['the work is done', HOST],
    ['SIGINT', HOST],
    ['SIGTERM', HOST],
    ['SIGKILL', HOST],
    ['SIGINT', 'slow.test'],
    ['SIGKILL', 'slow.test'],
  ] as const)('ends with its process: %s, %s', async (how, host) => {
    const module = join(__dirname, '../../../dist/infra/connection/connect.js');
    const killed = how !== 'the work is done';
    const work = killed ? 'select pg_sleep(60)' : 'select 1';
    const script = `require(${JSON.stringify(module)})
      .withConnection(${JSON.stringify(connection(host))}, (client) => client.query('${work}')).catch(console.error);`;
    const before = ssm.runs().length;
    const child = spawn(process.execPath, ['-e', script], { stdio: 'inherit' });
    const ended = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once('close', (_code, signal) => resolve(signal)),
    );
    while (ssm.runs().length === before) await sleep(50);
    if (killed) {
      await sleep(1_000);
      child.kill(how);
    }
    expect(await ended).toBe(killed ? how : null);
    const pid = ssm.runs().at(-1)?.pid ?? 0;
    await gone(pid);
    // One that is opening has no session to end so far.
    if (host === HOST) expect(ssm.ended()).toContain(pid);
  });
});
