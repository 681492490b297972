import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { TidemarkError } from '../../model/error';
import { asRoot, attempt, canBecomeRoot, downloadEnvironment, run } from '../../process/command';
import { lastLines } from '../../process/lastLines';
import type { Log, Programs } from './types';

/** Extensions that are packages of their own, with the suffix of the package. */
const EXTENSION_PACKAGES: ReadonlyArray<readonly [extension: string, suffix: string]> = [
  ['pg_partman', 'partman'],
  ['pg_cron', 'cron'],
  ['hypopg', 'hypopg'],
];

/** Directory of the server programs, the same on the machine and inside a Debian chroot or image. */
export function programDirectory(generation: number): string {
  return `/usr/lib/postgresql/${generation}/bin`;
}

/** The names of all packages that a server of one generation needs. */
export function packageNames(generation: number): readonly string[] {
  return [
    `postgresql-${generation}`,
    ...EXTENSION_PACKAGES.map(([, suffix]) => `postgresql-${generation}-${suffix}`),
  ];
}

/** The packages that are not there below `root`. Files decide, so that servers built otherwise count too. */
export function missingPackages(generation: number, root = ''): readonly string[] {
  const missing = existsSync(`${root}${programDirectory(generation)}/initdb`)
    ? []
    : [`postgresql-${generation}`];
  for (const [extension, suffix] of EXTENSION_PACKAGES) {
    if (!existsSync(`${root}/usr/share/postgresql/${generation}/extension/${extension}.control`)) {
      missing.push(`postgresql-${generation}-${suffix}`);
    }
  }
  return missing;
}

/** The generations whose server programs are installed, lowest first. */
export async function installedGenerations(): Promise<readonly number[]> {
  const entries = await readdir('/usr/lib/postgresql').catch(() => []);
  return entries
    .filter((entry) => /^\d+$/.test(entry) && existsSync(`${programDirectory(Number(entry))}/initdb`))
    .map(Number)
    .sort((a, b) => a - b);
}

/** True when apt can install every one of these packages. */
export async function aptOffers(names: readonly string[]): Promise<boolean> {
  const { code, output } = await attempt({ file: 'apt-cache', args: ['policy', ...names] });
  const candidates = output.match(/^ {2}Candidate: (?!\(none\)).+$/gm) ?? [];
  return code === 0 && candidates.length === names.length;
}

/** The generation that the distribution's own package `postgresql` stands for. */
export async function aptDefaultGeneration(): Promise<number | null> {
  const { output } = await attempt({ file: 'apt-cache', args: ['depends', 'postgresql'] });
  const found = /Depends: postgresql-(\d+)/.exec(output);
  return found === null ? null : Number(found[1]);
}

/** Refreshes apt's package lists; a machine image often comes without them. */
export async function aptUpdate(log: Log): Promise<void> {
  log('Refreshing the package lists (apt-get update).');
  await run('Refreshing the package lists', asRoot('apt-get', ['update', '-q']), downloadEnvironment());
}

/** Installs packages, once more after a refresh of the package lists if the first attempt fails. */
export async function aptInstall(names: readonly string[], log: Log): Promise<void> {
  log(`Installing ${names.join(', ')} (apt-get).`);
  const command = asRoot('env', [
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    'install',
    '-y',
    '-q',
    '--no-install-recommends',
    '-o',
    'DPkg::Lock::Timeout=120',
    ...names,
  ]);
  const first = await attempt(command, downloadEnvironment());
  if (first.code === 0) return;
  await aptUpdate(log);
  const second = await attempt(command, downloadEnvironment());
  if (second.code !== 0) {
    throw new TidemarkError(`apt-get could not install ${names.join(', ')}.`, {
      hint: lastLines(second.output, 6),
    });
  }
}

/**
 * Installs what is missing of a generation's packages, leaving the machine's own PostgreSQL as it was: no cluster is
 * created or started. Returns null where apt, the packages or the right to install are missing.
 */
export async function installPackages(generation: number, log: Log): Promise<Programs | null> {
  const missing = missingPackages(generation);
  if (!existsSync('/usr/bin/apt-get') || !(await canBecomeRoot())) return null;
  if (!(await aptOffers(missing))) {
    // Lists that know the distribution's own PostgreSQL are complete: asking again would change nothing.
    if (await aptOffers(['postgresql'])) return null;
    await aptUpdate(log);
    if (!(await aptOffers(missing))) return null;
  }
  if (missing.includes(`postgresql-${generation}`)) {
    // Its own step, because createcluster.d, where the next one puts a file, comes with it.
    if (!existsSync('/etc/postgresql-common/createcluster.d')) await aptInstall(['postgresql-common'], log);
    await withoutOwnCluster(() => aptInstall(missing, log));
  } else {
    await aptInstall(missing, log);
  }
  return missingPackages(generation).length === 0 ? { kind: 'packages', generation } : null;
}

/** Keeps the packages' scripts from creating a cluster and from starting services while `install` runs. */
async function withoutOwnCluster(install: () => Promise<void>): Promise<void> {
  const clusterFile = '/etc/postgresql-common/createcluster.d/tidemark.conf';
  const policyFile = '/usr/sbin/policy-rc.d';
  const ownPolicy = !existsSync(policyFile);
  await run(
    'Preparing the installation',
    asRoot('sh', [
      '-euc',
      'mkdir -p "$(dirname "$1")"; echo "create_main_cluster = false" > "$1"; ' +
        'if [ "$3" = yes ]; then printf "#!/bin/sh\\nexit 101\\n" > "$2"; chmod 755 "$2"; fi',
      'sh',
      clusterFile,
      policyFile,
      ownPolicy ? 'yes' : 'no',
    ]),
  );
  try {
    await install();
  } finally {
    await run(
      'Cleaning up after the installation',
      asRoot('rm', ['-f', clusterFile, ...(ownPolicy ? [policyFile] : [])]),
    );
  }
}
