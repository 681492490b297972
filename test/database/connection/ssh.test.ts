import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import type { HostConnection } from '../../../infra/connection/connection';
import { closeLinks } from '../../../infra/connection/links';
import { type Bastion, startBastion } from './bastion';
import { useSecureServer } from './secureServer';

/** Known to nobody but the bastion, so that only the tunnel leads there. */
const HOST = 'db.tidemark.test';
const PASSWORD = 'TIDEMARK_TEST_SSH_PASSWORD';
const secure = useSecureServer('ssh');
let bastion: Bastion;

beforeAll(async () => {
  bastion = await startBastion(secure.folder, () => secure.server.port);
  await secure.present(secure.authority, HOST);
});
afterAll(() => {
  closeLinks();
  bastion?.stop();
});
afterEach(() => vi.unstubAllEnvs());

interface Given {
  readonly ssh?: Partial<Extract<NonNullable<HostConnection['tunnel']>, { ssh: unknown }>['ssh']>;
  readonly host?: string;
}

function connection({ ssh = {}, host = HOST }: Given = {}): HostConnection {
  vi.stubEnv(PASSWORD, secure.password);
  const { port, hostKey, keyFile } = bastion;
  return {
    host,
    port: 5432,
    database: secure.server.database,
    user: 'tidemark',
    passwordEnv: PASSWORD,
    caFile: secure.authority.caFile,
    tunnel: { ssh: { host: '127.0.0.1', port, user: 'ops', hostKey, keyFile, ...ssh } },
  };
}
const encrypted = (given: HostConnection): Promise<boolean | undefined> =>
  withConnection(given, async (client) => {
    const found = await client.query<{ ssl: boolean }>(
      'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
    );
    return found.rows[0]?.ssl;
  });

describe('a tunnel through SSH', () => {
  it('keeps the host’s own name for TLS, and is shared', async () => {
    expect(await Promise.all([1, 2, 3].map(() => encrypted(connection())))).toEqual([true, true, true]);
    expect(await encrypted(connection())).toBe(true);
    expect(bastion.asked).toEqual(Array(4).fill(`${HOST}:5432`));
    expect(bastion.logins()).toBe(1);
  });

  it('refuses a certificate for another name than the one behind it', async () => {
    await expect(encrypted(connection({ host: 'other.tidemark.test' }))).rejects.toThrow(
      'The certificate of the database is not valid for the host name in connection.host.',
    );
  });

  it('is opened anew after it broke', async () => {
    await encrypted(connection());
    const before = bastion.logins();
    const broken = withConnection(connection(), async (client) => {
      bastion.cut();
      await client.query('select pg_sleep(300)');
    });
    await expect(broken).rejects.toThrow();
    expect(await encrypted(connection())).toBe(true);
    expect(bastion.logins()).toBe(before + 1);
  });

  it('is refused where the host shows another key, before anything is told to it', async () => {
    const hostKey = `SHA256:${'A'.repeat(43)}`;
    await expect(encrypted(connection({ ssh: { hostKey } }))).rejects.toThrow(
      `The SSH host 127.0.0.1 has the key ${bastion.hostKey} instead of ${hostKey}: it may be another machine.`,
    );
  });

  it('tells what is wrong with user, key, agent, host and forward', async () => {
    const { port, lockedKeyFile } = bastion;
    await expect(encrypted(connection({ ssh: { user: 'eve' } }))).rejects.toThrow(
      `The SSH host refused the login eve@127.0.0.1:${port}.`,
    );
    await expect(encrypted(connection({ ssh: { keyFile: lockedKeyFile } }))).rejects.toThrow(
      'The key file of the tunnel through 127.0.0.1 cannot be used',
    );
    await expect(encrypted(connection({ ssh: { keyFile: '/absent' } }))).rejects.toThrow(
      'The key file /absent of the tunnel through 127.0.0.1 cannot be read.',
    );
    await expect(encrypted(connection({ ssh: { port: 1 } }))).rejects.toMatchObject({
      message: 'The SSH host 127.0.0.1:1 cannot be reached (ECONNREFUSED).',
      sqlState: 'ECONNREFUSED',
    });
    await expect(encrypted(connection({ host: 'nowhere.test' }))).rejects.toThrow(
      'The SSH host 127.0.0.1 cannot connect to nowhere.test:5432.',
    );
    vi.stubEnv('SSH_AUTH_SOCK', undefined);
    const { tunnel, ...rest } = connection();
    const { keyFile: _, ...ssh } = (tunnel as Extract<typeof tunnel, { ssh: unknown }>).ssh;
    await expect(encrypted({ ...rest, tunnel: { ssh } })).rejects.toThrow('because no SSH agent runs');
  });

  it('takes the key of an agent', async () => {
    const started = execFileSync('ssh-agent', ['-s'], { encoding: 'utf8' });
    const socket = /SSH_AUTH_SOCK=([^;]+)/.exec(started)?.[1] ?? '';
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]);
    try {
      const env = { ...process.env, SSH_AUTH_SOCK: socket };
      execFileSync('ssh-add', [bastion.keyFile], { env, stdio: 'ignore' });
      const given = connection();
      const { keyFile: _, ...ssh } = (given.tunnel as { ssh: { keyFile?: string } }).ssh;
      vi.stubEnv('SSH_AUTH_SOCK', socket);
      expect(await encrypted({ ...given, tunnel: { ssh } } as HostConnection)).toBe(true);
    } finally {
      process.kill(pid);
    }
  });

  it('lets its process end as soon as the work is done', async () => {
    const module = join(__dirname, '../../../dist/infra/connection/connect.js');
    const script = `require(${JSON.stringify(module)})
      .withConnection(${JSON.stringify(connection())}, (client) => client.query('select 1'))
      .then(() => console.log(Date.now()));`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let done = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      done = Number(chunk.toString('utf8'));
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(done).toBeGreaterThan(0);
    expect(Date.now() - done).toBeLessThan(8_000);
  });
});
