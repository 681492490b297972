/** A local PostgreSQL that speaks TLS with a certificate of a private authority. */
import { chmodSync, chownSync, copyFileSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { withClient } from '../../../infra/local/postgres/database';
import { type LocalServer, startLocalServer, stopLocalServer } from '../../../infra/local/postgres/server';
import { type Authority, createAuthority } from '../../helpers/authority';
import { generation } from '../../helpers/database';

export interface SecureServer {
  server: LocalServer;
  authority: Authority;
  /** An empty folder, removed at the end. */
  folder: string;
  /** The login's password, which the server's URL holds. */
  password: string;
  /** Makes it show a certificate of that authority for that name from now on. */
  present(authority: Authority, name: string): Promise<void>;
  /** Makes it refuse TLS from now on. */
  refuseTls(): Promise<void>;
}

/** Its own server, since the settings of the shared one belong to others, too. */
export function useSecureServer(name: string): SecureServer {
  const found = {} as SecureServer;
  const directory = join(__dirname, '../../../.local/test', `tls-${name}-${generation()}`);
  beforeAll(async () => {
    found.folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidemark-tls-')));
    found.authority = createAuthority(found.folder, 'authority');
    found.server = await startLocalServer({
      directory,
      generation: generation(),
      settings: { fsync: 'off', shared_buffers: '32MB', max_connections: '30' },
    });
    found.password = decodeURIComponent(new URL(found.server.url).password);
    await found.present(found.authority, 'localhost');
  });
  afterAll(async () => {
    await stopLocalServer(directory);
    if (found.folder !== undefined) rmSync(found.folder, { recursive: true });
  });
  const apply = (statements: readonly string[]): Promise<void> =>
    withClient(found.server.adminUrl, async (client) => {
      for (const statement of statements) await client.query(statement);
      // Backends that start now read the new settings; the postmaster is told by a signal, which takes a moment.
      await client.query('select pg_reload_conf(), pg_sleep(0.5)');
    });
  found.present = async (authority, host) => {
    const { keyFile, certificateFile } = authority.sign(host);
    const { dataDirectory } = found.server;
    const { uid, gid } = statSync(dataDirectory);
    for (const [from, to] of [
      [keyFile, 'server.key'],
      [certificateFile, 'server.crt'],
    ] as const) {
      const target = join(dataDirectory, to);
      copyFileSync(from, target);
      chmodSync(target, 0o600);
      chownSync(target, uid, gid);
    }
    await apply(['alter system set ssl = on']);
  };
  found.refuseTls = () => apply(['alter system set ssl = off']);
  return found;
}
