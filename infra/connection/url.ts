/** Connections by URL. For a host of RDS they are as strict as the others: verified against Amazon's authorities. */
import { Client, type ClientConfig } from 'pg';
import { TidemarkError } from '../model/error';
import { isRdsHost } from './region';
import { tlsOf } from './tls';

/** What the user may ask for instead of a verified server: of `sslmode`, else of `ssl`. */
const LENIENT: ReadonlyMap<string, 'disable' | 'require'> = new Map([
  ['disable', 'disable'],
  ['0', 'disable'],
  ['false', 'disable'],
  ['no-verify', 'require'],
]);

export function urlConfig(url: string): ClientConfig {
  // As `pg` reads one without a host before the path.
  const text = URL.canParse(url) ? url : url.replace('@/', '@localhost/');
  if (!URL.canParse(text)) return { connectionString: url };
  const parsed = new URL(text);
  const { searchParams, hostname, protocol } = parsed;
  const last = (name: string): string => searchParams.getAll(name).at(-1) ?? '';
  // In this order, as `pg` does, so that the host judged is the one connected to.
  const host = last('host') || decodeURIComponent(hostname) || process.env['PGHOST'] || '';
  if (protocol === 'socket:' || !isRdsHost(host)) return { connectionString: url };
  if (last('sslcert') !== '' || last('sslkey') !== '') {
    throw new TidemarkError(
      'A URL to RDS must not have sslcert or sslkey, because RDS does not use client certificates.',
    );
  }
  const tls = LENIENT.get(last('sslmode') || last('ssl')) ?? 'verify-full';
  const caFile = last('sslrootcert');
  // What `pg` reads from a URL would win over the settings beside it.
  for (const name of [...searchParams.keys()]) if (name.startsWith('ssl')) searchParams.delete(name);
  return {
    connectionString: parsed.href,
    ssl: tlsOf({ host, database: '', user: '', tls, ...(caFile === '' ? {} : { caFile }) }),
  };
}

/** Host, port and database of a URL, without user and password: `db.example:5432/app`. undefined if it is none. */
export function placeOf(url: string): string | undefined {
  if (url === '') return undefined;
  // Read as the client would; it does not connect.
  const { host, port, database } = new Client({ connectionString: url });
  return `${host}:${port}/${database ?? ''}`;
}
