import { existsSync } from 'node:fs';
import { chown, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isRoot, run } from '../../process/command';
import { clientAuthentication, serverConfiguration } from './configuration';
import { invocation, seenFromInside } from './invocation';
import { ADMIN_ROLE } from './state';
import type { Account, Programs } from './types';

/** Start of the names of data directories that are not complete. */
const PARTIAL = 'data.partial-';

/** Creates the data directory, under a working name first: an interrupted initdb leaves nothing that looks complete. */
export async function createCluster(
  programs: Programs,
  home: string,
  account: Account,
  adminPassword: string,
): Promise<void> {
  const passwordFile = join(home, 'initdb.password');
  await rm(passwordFile, { force: true });
  // A name of its own: an initdb whose starter was killed goes on for a while, and clears up after itself.
  const partial = await mkdtemp(join(home, PARTIAL));
  await writeFile(passwordFile, `${adminPassword}\n`, { mode: 0o600, flag: 'wx' });
  if (isRoot()) {
    await chown(partial, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  const inside = seenFromInside(programs, home);
  try {
    await run(
      'Creating the data directory',
      invocation(programs, home, account, 'initdb', [
        '-D',
        `${inside}/${basename(partial)}`,
        '-U',
        ADMIN_ROLE,
        `--pwfile=${inside}/initdb.password`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C.UTF-8',
        '--data-checksums',
      ]),
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(partial, join(home, 'data'));
}

/** Removes what interrupted starts left. Where the initdb of one is still writing, the next start does it. */
export async function removePartial(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith(PARTIAL)) continue;
    try {
      await rm(join(home, name), { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    }
  }
}

/** Writes postgresql.conf and pg_hba.conf. */
export async function configureCluster(
  home: string,
  account: Account,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const files: ReadonlyArray<readonly [string, string]> = [
    ['postgresql.conf', serverConfiguration(port, settings)],
    ['pg_hba.conf', clientAuthentication()],
  ];
  for (const [name, text] of files) {
    const path = join(home, 'data', name);
    await writeFile(`${path}.new`, text, { mode: 0o600 });
    if (isRoot()) await chown(`${path}.new`, account.uid, account.gid);
    await rename(`${path}.new`, path);
  }
}

/** True when the data directory is there. */
export function clusterExists(home: string): boolean {
  return existsSync(join(home, 'data', 'PG_VERSION'));
}
