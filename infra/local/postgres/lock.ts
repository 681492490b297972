import { link, mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity } from './processes';

/** Runs `work` while no other process works on the same server; a lock whose holder died is taken over. */
export async function withLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'lock');
  // Made complete under another name first: a lock never exists without its holder's id in it.
  const mine = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(mine, processIdentity(process.pid) ?? '', { mode: 0o600 });
  try {
    for (;;) {
      if (await taken(mine, path)) break;
      await removeIfStale(path);
      await sleep(100);
    }
    await removeLeftovers(directory);
    try {
      return await work();
    } finally {
      await unlink(path).catch(() => undefined);
    }
  } finally {
    await unlink(mine).catch(() => undefined);
  }
}

async function taken(mine: string, path: string): Promise<boolean> {
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removeIfStale(path: string): Promise<void> {
  const holder = await readFile(path, 'utf8').catch(() => null);
  if (holder === null || processIdentity(Number.parseInt(holder, 10)) === holder) return;
  // Renamed first: of two processes that find the stale lock only one moves it, and it looks again at what it moved.
  const aside = `${path}.stale.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await readFile(aside, 'utf8').catch(() => null);
  if (moved !== holder) await link(aside, path).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
}

/** Removes what processes that were killed while they waited or held the lock have left. */
async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith('lock.')) continue;
    const path = join(directory, name);
    const owner = await readFile(path, 'utf8').catch(() => null);
    // An empty one may be about to be written.
    if (owner === null || owner === '' || processIdentity(Number.parseInt(owner, 10)) === owner) continue;
    await unlink(path).catch(() => undefined);
  }
}
