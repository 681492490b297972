/** Connections by URL. For a host of RDS they are as strict as the others: verified against Amazon's authorities. */
import type { ClientConfig } from 'pg';
import { isRdsHost } from './region';
import { tlsOf } from './tls';

/** Modes in which the user has asked not to verify. */
const LENIENT = new Set(['disable', 'no-verify']);

export function urlConfig(url: string): ClientConfig {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !isRdsHost(parsed.hostname)) return { connectionString: url };
  const { searchParams } = parsed;
  if (LENIENT.has(searchParams.get('sslmode') ?? '') || searchParams.has('sslrootcert')) {
    return { connectionString: url };
  }
  // What `pg` reads from a URL would win over the settings beside it.
  searchParams.delete('sslmode');
  return {
    connectionString: parsed.href,
    ssl: tlsOf({ host: parsed.hostname, database: '', user: '' }),
  };
}
