import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { TidemarkError } from '../../model/error';
import { canBecomeRoot } from '../../process/command';
import { builtChroot, chrootPrograms } from './chroot';
import { dockerPrograms } from './docker';
import { isSupported, suiteOf } from './generations';
import { serverAccount } from './home';
import {
  aptDefaultGeneration,
  aptOffers,
  aptUpdate,
  installedGenerations,
  installPackages,
  missingPackages,
  packageNames,
} from './packages';
import type { Log, Programs } from './types';

/** Where engines of other releases are kept, shared by all servers of a checkout: `<root>/.local/engines`. */
function systemsDirectory(directory: string): string {
  for (let above = directory; above !== dirname(above); above = dirname(above)) {
    if (basename(above) === '.local') return join(above, 'engines');
  }
  return join(dirname(directory), 'engines');
}

/** The generation to use when nobody asked for one. */
async function defaultGeneration(log: Log): Promise<number> {
  const installed = await installedGenerations();
  const complete = installed.filter((generation) => missingPackages(generation).length === 0);
  const preferred = complete.find(isSupported) ?? complete.at(-1) ?? installed.find(isSupported);
  if (preferred !== undefined) return preferred;
  if (!existsSync('/usr/bin/apt-get') || !(await canBecomeRoot())) return 15;
  // A fresh machine has no package lists yet, and would seem to offer nothing.
  if (!(await aptOffers(['postgresql']))) await aptUpdate(log);
  return (await aptOffers(packageNames(15))) ? 15 : ((await aptDefaultGeneration()) ?? 15);
}

/**
 * Finds the server programs, or gets them: installed packages, apt, another Debian release in a directory of its own,
 * Docker.
 */
export async function findPrograms(
  directory: string,
  wanted: number | undefined,
  log: Log,
): Promise<Programs> {
  const generation = wanted ?? (await defaultGeneration(log));
  if (missingPackages(generation).length === 0) return { kind: 'packages', generation };
  const systems = systemsDirectory(directory);
  // Before apt: a start that installs nothing should need no network.
  const built = isSupported(generation) ? await builtChroot(generation, systems) : null;
  if (built !== null) return built;
  const packages = await installPackages(generation, log);
  if (packages !== null) return packages;
  if (isSupported(generation)) {
    const chroot = await chrootPrograms(generation, systems, log);
    if (chroot !== null) return chroot;
    const docker = await dockerPrograms(generation, await serverAccount(), log);
    if (docker !== null) return docker;
  }
  const ways =
    isSupported(generation) && suiteOf(generation) === undefined
      ? ' (no release of Debian has them; Ubuntu 24.04 and apt.postgresql.org do), '
      : ', or run this as root or as a user whose sudo asks for no password, or start Docker, ';
  throw new TidemarkError(
    `No PostgreSQL ${generation} with pg_partman, pg_cron and hypopg can be started on this machine.`,
    {
      hint: `Install ${packageNames(generation).join(', ')}${ways}or set DATABASE_URL to a server that you have.`,
    },
  );
}
