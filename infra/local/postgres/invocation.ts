import { asRoot, type Command, isRoot } from '../../process/command';
import { programDirectory } from './packages';
import type { Account, Programs } from './types';

/** Where the server's directory appears inside a chroot or container. */
const MOUNT_POINT = '/srv/tidemark';

/**
 * Enters the chroot $1 as account $3:$4 with directory $2 mounted at /srv/tidemark. The mounts live in a namespace
 * that ends with the server, so none is left behind by a kill and none is missing after a restart of the machine.
 */
const ENTER_SCRIPT = `
root="$1"; home="$2"; uid="$3"; gid="$4"; shift 4
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mkdir -p "$root${MOUNT_POINT}"
mount --bind "$home" "$root${MOUNT_POINT}"
cut -d: -f3 "$root/etc/passwd" | grep -qx "$uid" || echo "tidemark:x:$uid:$gid::/nonexistent:/bin/false" >> "$root/etc/passwd"
exec chroot --userspec="+$uid:+$gid" --groups= "$root" "$@"
`;

/** The server's own directory as its programs see it. */
export function seenFromInside(programs: Programs, home: string): string {
  return programs.kind === 'packages' ? home : MOUNT_POINT;
}

/** How to run one of PostgreSQL's programs, as the given account, with `home` in reach. */
export function invocation(
  programs: Programs,
  home: string,
  account: Account,
  program: string,
  args: readonly string[],
): Command {
  const file = `${programDirectory(programs.generation)}/${program}`;
  switch (programs.kind) {
    case 'packages':
      return isRoot() ? { file, args, ...account } : { file, args };
    case 'chroot':
      return asRoot('unshare', [
        '--mount',
        '--propagation',
        'private',
        'sh',
        '-euc',
        ENTER_SCRIPT,
        'sh',
        programs.root,
        home,
        String(account.uid),
        String(account.gid),
        file,
        ...args,
      ]);
    case 'docker':
      return {
        file: 'docker',
        // Which daemon to talk to is the caller's setting; nothing of it reaches the container.
        environment: process.env,
        args: [
          'run',
          '--rm',
          '--network=host',
          '--pid=host',
          '--shm-size=1g',
          '--user',
          `${account.uid}:${account.gid}`,
          '--volume',
          `${home}:${MOUNT_POINT}`,
          programs.image,
          file,
          ...args,
        ],
      };
  }
}
