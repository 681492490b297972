/** The certificate authorities of RDS as a file, for programs that want a path (`sslrootcert`). */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Absolute path of the PEM file with Amazon's authorities of all regions, which is part of this package. */
export function rdsBundlePath(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'certs', 'rds-global-bundle.pem');
    if (existsSync(file)) return file;
  }
  throw new Error(
    'The file certs/rds-global-bundle.pem is missing in this installation of tidemark: install tidemark again.',
  );
}
