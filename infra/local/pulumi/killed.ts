/**
 * What a killed Pulumi CLI leaves behind, and how it is cleared. Found out by killing CLI 3.259 with a file backend:
 *
 * - After one SIGTERM or SIGINT it waits for running operations, saves them and leaves nothing.
 * - After SIGKILL its lock file stays, and the next `up` refuses to start (`pulumi cancel` deletes all locks of a stack).
 * - Interrupted operations stay in the state as `pending_operations`. The next `up` or `destroy` repeats updates and
 *   deletes and forgets them. It also repeats a create, although the thing may exist by now, but keeps warning of it on
 *   every later run; only `pulumi refresh --clear-pending-creates` removes that entry.
 * - The dynamic provider is in a process group of its own, outlives the CLI, and finishes what it was doing, perhaps
 *   while the next `up` already runs.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { processTable } from '../../process/processTable';

/** Where a file backend keeps the locks of one stack. */
export function locksDir(backend: string, project: string, stack: string): string {
  return path.join(backend, '.pulumi', 'locks', 'organization', project, stack);
}

/** Removes the locks whose process is gone; a lock of a running `pulumi`, or of another machine, stays. */
export async function removeStaleLocks(backend: string, project: string, stack: string): Promise<number> {
  const folder = locksDir(backend, project, stack);
  const files = (await list(folder)).filter((name) => name.endsWith('.json'));
  if (files.length === 0) return 0;
  const running = new Set(
    (await processTable()).filter((row) => row.name.startsWith('pulumi')).map((row) => row.pid),
  );
  let removed = 0;
  for (const name of files) {
    const file = path.join(folder, name);
    const lock = asRecord(await readJson(file));
    if (lock['hostname'] !== os.hostname() || running.has(Number(lock['pid']))) continue;
    await rm(file, { force: true });
    await rm(`${file}.attrs`, { force: true });
    removed += 1;
  }
  return removed;
}

/** Whether the state of the stack holds a create that was interrupted. */
export async function hasPendingCreate(backend: string, project: string, stack: string): Promise<boolean> {
  const file = path.join(backend, '.pulumi', 'stacks', project, `${stack}.json`);
  const latest = asRecord(asRecord(asRecord(await readJson(file))['checkpoint'])['latest']);
  const pending = latest['pending_operations'];
  return Array.isArray(pending) && pending.some((operation) => asRecord(operation)['type'] === 'creating');
}

async function list(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

/** A file that is missing, or half written by a killed process, says nothing. */
async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
