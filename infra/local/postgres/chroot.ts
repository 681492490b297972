import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TidemarkError } from '../../model/error';
import { asRoot, attempt, canBecomeRoot, downloadEnvironment, isRoot } from '../../process/command';
import { lastLines } from '../../process/lastLines';
import { type Generation, suiteOf } from './generations';
import { aptInstall, missingPackages, packageNames } from './packages';
import type { Log, Programs } from './types';

/**
 * Makes the release below $1 from mirror $3 under a working name, then gives it its name, so that an interrupted run
 * leaves nothing that looks complete. It runs in a mount namespace of its own: whatever debootstrap and this script
 * mount is gone with the process, and deleting the directory can never reach into the machine's /dev.
 */
const BUILD_SCRIPT = `
root="$1"; suite="$2"; mirror="$3"; keyring="$4"; certificates="$5"; shift 5
partial="$root.partial"
# Waits for the build of another server's start, and for one whose starter was killed.
exec 9> "$root.lock"; flock 9
[ ! -d "$root" ] || exit 0
rm -rf --one-file-system "$partial"
mkdir -p "$partial"
# An older debootstrap does not know a newer release by its name. The script that makes them is the same for all of Debian's.
scripts=/usr/share/debootstrap/scripts
[ -e "$scripts/$suite" ] && script= || script="$scripts/sid"
# Without a keyring debootstrap would warn and go on.
debootstrap --variant=minbase --include=ca-certificates --force-check-gpg \${keyring:+--keyring="$keyring"} \\
  "$suite" "$partial" "$mirror" \${script:+"$script"}
mkdir -p "$partial/etc/apt/apt.conf.d" "$partial/etc/dpkg/dpkg.cfg.d" "$partial/etc/postgresql-common/createcluster.d"
printf '#!/bin/sh\\nexit 101\\n' > "$partial/usr/sbin/policy-rc.d"; chmod 755 "$partial/usr/sbin/policy-rc.d"
echo force-unsafe-io > "$partial/etc/dpkg/dpkg.cfg.d/tidemark"
echo 'create_main_cluster = false' > "$partial/etc/postgresql-common/createcluster.d/tidemark.conf"
[ -z "$certificates" ] || cp -L "$certificates" "$partial/etc/ssl/certs/ca-certificates.crt"
cp -L /etc/resolv.conf "$partial/etc/resolv.conf" 2>/dev/null || true
cp -L /etc/hosts "$partial/etc/hosts" 2>/dev/null || true
apt-config dump | grep -E '^Acquire::(http|https)::' > "$partial/etc/apt/apt.conf.d/90tidemark" || true
mountpoint -q "$partial/proc" || mount -t proc proc "$partial/proc"
mount --rbind /dev "$partial/dev"
export DEBIAN_FRONTEND=noninteractive
chroot "$partial" apt-get install -y -q --no-install-recommends postgresql-common
chroot "$partial" apt-get install -y -q --no-install-recommends "$@"
chroot "$partial" apt-get clean
umount "$partial/proc" 2>/dev/null || umount -l "$partial/proc"
umount -R "$partial/dev" 2>/dev/null || umount -l "$partial/dev"
mv "$partial" "$root"
`;

/** The mirror of the distribution itself among the machine's apt sources: the one that carries its main suite. */
export async function mirrorFromAptSources(): Promise<string | null> {
  const directory = '/etc/apt/sources.list.d';
  const names = (await readdir(directory).catch(() => [])).sort();
  const files = ['/etc/apt/sources.list', ...names.map((name) => join(directory, name))];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const release = /^VERSION_CODENAME=(\w+)/m.exec(
    await readFile('/etc/os-release', 'utf8').catch(() => ''),
  )?.[1];
  if (release === undefined) return null;
  for (const text of texts) {
    for (const [, uri, suite] of text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s.*\bmain\b/gm)) {
      if (suite === release && uri !== undefined) return uri;
    }
    for (const stanza of text.split(/\n\s*\n/)) {
      const uri = /^URIs:\s*(\S+)/m.exec(stanza)?.[1];
      const suites = /^Suites:\s*(.+)$/m.exec(stanza)?.[1]?.split(/\s+/) ?? [];
      const components = /^Components:\s*(.+)$/m.exec(stanza)?.[1]?.split(/\s+/) ?? [];
      if (uri !== undefined && suites.includes(release) && components.includes('main')) return uri;
    }
  }
  return null;
}

/** The programs made earlier, or null: an unfinished one does not have that name. */
export async function builtChroot(
  generation: Generation,
  systemsDirectory: string,
): Promise<Programs | null> {
  const suite = suiteOf(generation);
  if (suite === undefined) return null;
  const root = join(systemsDirectory, suite);
  const complete = missingPackages(generation, root).length === 0;
  return complete && (await canBecomeRoot()) ? { kind: 'chroot', generation, root } : null;
}

/**
 * Makes a server from another Debian release, in a directory of its own below `systemsDirectory`. Returns null on machines
 * that are not Debian or where nothing may run as root, and for a generation that no release of Debian has.
 */
export async function chrootPrograms(
  generation: Generation,
  systemsDirectory: string,
  log: Log,
): Promise<Programs | null> {
  const suite = suiteOf(generation);
  if (suite === undefined) return null;
  const root = join(systemsDirectory, suite);
  const programs: Programs = { kind: 'chroot', generation, root };
  if (!existsSync('/etc/debian_version') || !existsSync('/usr/bin/apt-get') || !(await canBecomeRoot()))
    return null;
  const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const mirror = await mirrorFromAptSources();
  // Another distribution's mirror does not carry Debian's releases.
  if (mirror === null || !/^ID=debian$/m.test(osRelease)) return null;
  if ((await attempt(asRoot('debootstrap', ['--version']))).code !== 0)
    await aptInstall(['debootstrap'], log);
  await mkdir(systemsDirectory, { recursive: true });

  log(
    `Installing Debian ${suite} in a directory of its own for PostgreSQL ${generation} (debootstrap, about two minutes).`,
  );
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const certificates = '/etc/ssl/certs/ca-certificates.crt';
  const result = await attempt(
    asRoot('unshare', [
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-euc',
      BUILD_SCRIPT,
      'sh',
      root,
      suite,
      mirror,
      existsSync(keyring) ? keyring : '',
      existsSync(certificates) ? certificates : '',
      ...packageNames(generation),
    ]),
    downloadEnvironment(),
  );
  const unknownKey = /signed by unknown key/.test(result.output)
    ? 'Update the package debian-archive-keyring: it lacks the keys of that release. '
    : '';
  if (result.code !== 0 || missingPackages(generation, root).length > 0) {
    throw new TidemarkError(
      `PostgreSQL ${generation} could not be installed from Debian ${suite}: debootstrap failed.`,
      {
        hint: `${lastLines(result.output, 6)}\n${unknownKey}Run it again${isRoot() ? '' : ' as root'}, or set DATABASE_URL to a server that you have.`,
      },
    );
  }
  log(`Debian ${suite} is ready.`);
  return programs;
}
