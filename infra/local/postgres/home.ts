import { createHash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TidemarkError } from '../../model/error';
import { attempt, isRoot } from '../../process/command';
import type { Account, Programs } from './types';

/** Used when root starts a server on a machine without a `postgres` account; belongs to no range that adduser gives. */
const UNNAMED_ACCOUNT: Account = { uid: 64_017, gid: 64_017 };

/** A short name of the server in this directory; it marks the server's processes. */
export function serverKey(directory: string): string {
  return `tidemark-${createHash('sha256').update(realpathSync(directory)).digest('hex').slice(0, 12)}`;
}

/** The account to run the server as: ourselves, or as root the `postgres` account that the packages made. */
export async function serverAccount(): Promise<Account> {
  if (!isRoot()) return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const { code, output } = await attempt({ file: 'getent', args: ['passwd', 'postgres'] });
  const fields = output.split(':');
  return code === 0 ? { uid: Number(fields[2]), gid: Number(fields[3]) } : UNNAMED_ACCOUNT;
}

/**
 * Where data and log go: the directory itself, or, when its account cannot reach it (a checkout under a closed home
 * directory, started by root), a directory outside that is named after it.
 */
export async function chooseHome(directory: string, programs: Programs, account: Account): Promise<string> {
  if (programs.kind !== 'packages' || !isRoot()) return directory;
  const reachable = await attempt({ file: 'test', args: ['-x', directory], ...account });
  if (reachable.code === 0) return directory;
  // Not /tmp where it can be helped: that is emptied when the machine restarts.
  const outside = join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), serverKey(directory));
  await mkdir(outside, { mode: 0o711, recursive: true });
  const owner = await stat(outside);
  if (owner.uid !== 0 || (owner.mode & 0o022) !== 0) {
    throw new TidemarkError(`${outside} is needed for the server's data but belongs to another user.`, {
      hint: 'Remove it, or move the checkout to a directory that every user can pass through.',
    });
  }
  return outside;
}

/** The account that owns what a server has written. */
export function ownerOf(path: string): Account {
  const { uid, gid } = statSync(path);
  return { uid, gid };
}
