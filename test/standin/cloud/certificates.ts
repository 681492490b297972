/** The stand-in's certificate authority, in the place of the one of RDS. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Authority {
  /** PEM file that clients trust. */
  readonly caFile: string;
  readonly keyFile: string;
}

export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
}

const newKey = (file: string): Promise<unknown> =>
  run('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file]);

/** Makes an authority in that folder. */
export async function createAuthority(folder: string, name = 'Stand-in RDS Root CA'): Promise<Authority> {
  await mkdir(folder, { recursive: true });
  const authority = { caFile: join(folder, 'ca.pem'), keyFile: join(folder, 'ca.key') };
  await newKey(authority.keyFile);
  const extensions = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=keyCertSign'];
  const subject = ['-subj', `/CN=${name}`, '-days', '30', ...extensions];
  await run('openssl', [
    'req',
    '-x509',
    '-new',
    '-key',
    authority.keyFile,
    '-out',
    authority.caFile,
    ...subject,
  ]);
  return authority;
}

/** Makes a certificate for host names, signed by the authority. */
export async function createCertificate(
  authority: Authority,
  folder: string,
  hosts: readonly string[],
): Promise<Certificate> {
  await mkdir(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);
  await newKey(file('server.key'));
  await run('openssl', [
    'req',
    '-new',
    '-key',
    file('server.key'),
    '-subj',
    `/CN=${hosts[0]}`,
    '-out',
    file('csr'),
  ]);
  await writeFile(file('names'), `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}\n`);
  const signer = ['-CA', authority.caFile, '-CAkey', authority.keyFile, '-CAcreateserial', '-days', '30'];
  const output = ['-extfile', file('names'), '-out', file('server.crt')];
  await run('openssl', ['x509', '-req', '-in', file('csr'), ...signer, ...output]);
  return { certificateFile: file('server.crt'), keyFile: file('server.key') };
}
