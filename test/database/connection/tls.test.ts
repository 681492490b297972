import { beforeAll, describe, expect, it } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import type { HostConnection } from '../../../infra/connection/connection';
import { createAuthority } from '../../helpers/authority';
import { useSecureServer } from './secureServer';

const PASSWORD = 'TIDEMARK_TEST_TLS_PASSWORD';
const secure = useSecureServer('direct');

beforeAll(() => {
  process.env[PASSWORD] = secure.password;
});

const connection = (more: Partial<HostConnection> = {}): HostConnection => ({
  host: 'localhost',
  port: secure.server.port,
  database: secure.server.database,
  user: 'tidemark',
  passwordEnv: PASSWORD,
  caFile: secure.authority.caFile,
  ...more,
});

const encrypted = (given: HostConnection): Promise<boolean | undefined> =>
  withConnection(given, async (client) => {
    const found = await client.query<{ ssl: boolean }>(
      'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
    );
    return found.rows[0]?.ssl;
  });

describe('a connection that verifies the server', () => {
  it('accepts the right name, signed by the authority that is given', async () => {
    expect(await encrypted(connection())).toBe(true);
  });

  it('refuses another name', async () => {
    await expect(encrypted(connection({ host: '127.0.0.1' }))).rejects.toThrow(
      'The certificate of the database is not valid for the host name in connection.host.',
    );
  });

  it('refuses another authority, and without one those of the system', async () => {
    const { caFile } = createAuthority(secure.folder, 'another');
    const message =
      'The certificate of the database is not signed by an authority that Tidemark trusts for this host.';
    await expect(encrypted(connection({ caFile }))).rejects.toThrow(message);
    const { caFile: _, ...without } = connection();
    await expect(encrypted(without)).rejects.toThrow(message);
  });

  it('is encrypted without a check only when asked for, and plain only when asked for', async () => {
    expect(await encrypted(connection({ host: '127.0.0.1', tls: 'require' }))).toBe(true);
    expect(await encrypted(connection({ host: '127.0.0.1', tls: 'disable' }))).toBe(false);
  });

  it('refuses plain text', async () => {
    await secure.refuseTls();
    const message = 'The database does not offer TLS, but the connection requires it.';
    await expect(encrypted(connection())).rejects.toThrow(message);
    await expect(encrypted(connection({ tls: 'require' }))).rejects.toThrow(message);
    await secure.present(secure.authority, 'localhost');
    expect(await encrypted(connection())).toBe(true);
  });
});
