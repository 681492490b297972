import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { rdsAuthorities, tlsOf } from '../../../infra/connection/tls';
import { urlConfig } from '../../../infra/connection/url';
import { createAuthority } from '../../helpers/authority';

const RDS = 'db.c1x2.eu-central-1.rds.amazonaws.com';
const folder = mkdtempSync(join(tmpdir(), 'tidemark-url-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

interface Understood {
  readonly host: string;
  readonly database: string;
  readonly ssl: unknown;
  readonly sslnegotiation?: string;
}

/** What `pg` makes of it, which is what counts. */
const understood = (url: string): Understood =>
  (new Client(urlConfig(url)) as unknown as { connectionParameters: Understood }).connectionParameters;

describe('a URL to RDS', () => {
  it.each([
    `postgresql://u:p@${RDS}/d`,
    `postgresql://u:p@${RDS}/d?sslmode=require`,
    `postgresql://u:p@${RDS}/d?sslmode=require&uselibpqcompat=true`,
    `postgresql://u:p@${RDS}/d?sslmode=verify-full`,
    `postgresql://u:p@${RDS}/d?ssl=true`,
    `postgresql://u:p@${RDS}/d?ssl=1&ssl=no-verify&sslmode=verify-full`,
    `postgresql://u:p@${RDS}/d?sslnegotiation=direct`,
    `postgresql://u:p@localhost/d?host=${RDS}`,
    `postgresql://u:p@localhost/d?host=localhost&host=${RDS}`,
    `postgresql://u:p@/d?host=${RDS}`,
    `postgresql://u:p@${RDS.replace('.', '%2E')}/d`,
    `postgresql://u:p@${RDS}./d`,
  ])('is verified against Amazon: %s', (url) => {
    const { host, database, ssl, sslnegotiation } = understood(url);
    expect(host.replace(/\.$/, '')).toBe(RDS);
    expect(database).toBe('d');
    expect(ssl).toMatchObject({ rejectUnauthorized: true, ca: rdsAuthorities() });
    expect(ssl).toHaveProperty('checkServerIdentity');
    expect(sslnegotiation).not.toBe('direct');
  });

  it('may be in the environment', () => {
    vi.stubEnv('PGHOST', RDS);
    expect(understood('postgresql:///d')).toMatchObject({ host: RDS, ssl: { ca: rdsAuthorities() } });
  });

  it.each([
    ['sslmode=disable', false],
    ['ssl=0', false],
    ['ssl=false', false],
    ['sslmode=no-verify', { rejectUnauthorized: false }],
    ['ssl=no-verify', { rejectUnauthorized: false }],
  ])('may ask for less: %s', (query, ssl) => {
    expect(understood(`postgresql://u:p@${RDS}/d?${query}`)).toMatchObject({ host: RDS, ssl });
  });

  it('may name another authority, and no certificate of its own', () => {
    const { caFile } = createAuthority(folder, 'mine');
    const { ssl } = understood(`postgresql://u:p@${RDS}/d?sslrootcert=${encodeURIComponent(caFile)}`);
    expect(ssl).toMatchObject({
      rejectUnauthorized: true,
      ca: expect.stringContaining('BEGIN CERTIFICATE') as string,
    });
    expect(() => urlConfig(`postgresql://u:hunter2@${RDS}/d?sslcert=a&sslkey=b`)).toThrow(
      'A URL to RDS must not have sslcert or sslkey, because RDS does not use client certificates.',
    );
  });
});

describe('a URL to another host', () => {
  it.each([
    'postgresql://u:p@localhost/d?sslmode=no-verify',
    `postgresql://u:p@${RDS}.evil.example/d`,
    `postgresql://u:p@${RDS}/d?host=localhost`,
    'socket:/run?db=d',
    '/run d',
  ])('is left to pg: %s', (url) => {
    expect(urlConfig(url)).toEqual({ connectionString: url });
  });
});

describe('a file of authorities', () => {
  it('is refused without a certificate: Node would trust its own authorities instead', () => {
    const caFile = join(folder, 'empty.pem');
    for (const text of ['', 'hunter2\n']) {
      writeFileSync(caFile, text);
      expect(() => tlsOf({ host: 'db.example', database: 'd', user: 'u', caFile })).toThrow(
        `connection.caFile names the file ${caFile}, but that file contains no certificate.`,
      );
    }
  });
});
