/**
 * What a killed Pulumi CLI leaves behind, and how it is cleared. Found out by killing CLI 3.259 with a file backend:
 *
 * - After one SIGTERM or SIGINT it waits for running operations, saves them and leaves nothing.
 * - After SIGKILL its lock file stays, and the next `up` refuses to start (`pulumi cancel` deletes all locks of a stack).
 * - Interrupted operations stay in the state as `pending_operations`. The next `up` or `destroy` repeats updates and
 *   deletes and forgets them. It also repeats a create, although the thing may exist by now, but keeps warning of it on
 *   every later run; only `pulumi refresh --clear-pending-creates` removes that entry.
 * - The dynamic provider is in a process group of its own, outlives the CLI, and finishes what it was doing, perhaps
 *   while the next `up` already runs. `killTree` is for those who want all of it gone at once, as after a power cut.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
}

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

/** The process and all that it started, itself first; to be asked before it is killed, since orphans change parent. */
export async function processTree(pid: number): Promise<readonly number[]> {
  const rows = await processTable();
  const tree = [pid];
  // The list grows while it is walked, so that grandchildren are found too.
  for (const parent of tree) for (const row of rows) if (row.parent === parent) tree.push(row.pid);
  return tree;
}

/** Ends a process and all that it started at once, language host and dynamic provider included. */
export async function killTree(pid: number): Promise<void> {
  for (const member of await processTree(pid)) {
    try {
      process.kill(member, 'SIGKILL');
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

async function processTable(): Promise<readonly ProcessRow[]> {
  // Small container images have no `ps`; other systems have no /proc.
  return os.platform() === 'linux' ? fromProc() : fromPs();
}

async function fromProc(): Promise<readonly ProcessRow[]> {
  const pids = (await list('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(
    pids.map(async (pid): Promise<readonly ProcessRow[]> => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const found = /^\d+ \((.*)\) (\S) (\d+)/s.exec(stat);
      // Z: ended, but not yet collected by its parent.
      return found === null || found[2] === 'Z'
        ? []
        : [{ pid: Number(pid), name: found[1] ?? '', parent: Number(found[3]) }];
    }),
  );
  return rows.flat();
}

async function fromPs(): Promise<readonly ProcessRow[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,comm=']);
  return stdout.split('\n').flatMap((line) => {
    const found = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    if (found === null) return [];
    return [{ pid: Number(found[1]), parent: Number(found[2]), name: path.basename(found[3] ?? '') }];
  });
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
