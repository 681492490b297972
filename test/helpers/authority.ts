/** A private certificate authority, made with the openssl command: Node makes keys, but no certificates. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Authority {
  /** PEM file of its own certificate. */
  readonly caFile: string;
  /** A key and a certificate for one host name, as PEM files. */
  sign(name: string): { readonly keyFile: string; readonly certificateFile: string };
}

function openssl(args: readonly string[]): void {
  try {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (cause) {
    throw new Error('openssl, which these tests make certificates with, is missing or failed.', { cause });
  }
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export function createAuthority(directory: string, name: string): Authority {
  mkdirSync(directory, { recursive: true });
  const caFile = join(directory, `${name}.pem`);
  const caKey = join(directory, `${name}.key`);
  openssl(['req', '-x509', ...KEY, '-keyout', caKey, '-out', caFile, '-days', '2', '-subj', `/CN=${name}`]);
  return {
    caFile,
    sign: (host) => {
      const base = join(directory, `${name}-${host}`);
      const [keyFile, certificateFile] = [`${base}.key`, `${base}.pem`];
      writeFileSync(`${base}.ext`, `subjectAltName=DNS:${host}\n`);
      openssl(['req', ...KEY, '-keyout', keyFile, '-out', `${base}.csr`, '-subj', `/CN=${host}`]);
      openssl([
        ...['x509', '-req', '-in', `${base}.csr`, '-CA', caFile, '-CAkey', caKey, '-CAcreateserial'],
        ...['-out', certificateFile, '-days', '2', '-extfile', `${base}.ext`],
      ]);
      return { keyFile, certificateFile };
    },
  };
}
