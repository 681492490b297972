import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface Process {
  readonly pid: number;
  readonly parent: number;
}

/** The fields of /proc/<pid>/stat after the program's name, which may itself hold spaces. */
function statFields(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Process id and time of start, which together are used once; null when there is no such process. */
export function processIdentity(pid: number): string | null {
  try {
    return `${pid} ${statFields(pid)[19]}`;
  } catch {
    return null;
  }
}

/**
 * All living processes of a server: its key is in the postmaster's arguments and, as cluster_name, in the title of
 * every child. A process id from postmaster.pid alone may by now belong to something else.
 */
function serverProcesses(key: string): readonly Process[] {
  const found: Process[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const words = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').join(' ');
      const child = words.startsWith(`postgres: ${key}:`);
      const postmaster = /^\S*\/postgres /.test(words) && words.includes(`cluster_name=${key} `);
      if (child || postmaster)
        found.push({ pid: Number(entry), parent: Number(statFields(Number(entry))[1]) });
    } catch {
      // It ended between the two reads.
    }
  }
  return found;
}

/** The process id of the running postmaster, or null. */
export function postmasterOf(key: string, dataDirectory: string): number | null {
  const processes = serverProcesses(key);
  const pids = new Set(processes.map(({ pid }) => pid));
  const recorded = recordedPid(dataDirectory);
  if (recorded !== null && pids.has(recorded)) return recorded;
  // A child that was just forked still carries the postmaster's arguments: the postmaster is nobody's child here.
  const children = processes.filter(({ parent }) => pids.has(parent));
  return children.length > 0 ? (children[0]?.parent ?? null) : null;
}

function recordedPid(dataDirectory: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8'), 10);
    return Number.isNaN(pid) ? null : pid;
  } catch {
    return null;
  }
}

/** True while any process of the server is left. */
export function anyProcess(key: string): boolean {
  return serverProcesses(key).length > 0;
}

/** Kills every process of the server at once, as a power failure would, and waits until all are gone. */
export async function killAll(key: string, postmaster: number | null): Promise<void> {
  // Stopped first, so that it neither forks nor cleans up between the two rounds.
  if (postmaster !== null) signal(postmaster, 'SIGSTOP');
  for (let round = 0; round < 200; round += 1) {
    const processes = serverProcesses(key);
    if (processes.length === 0) return;
    for (const { pid } of processes) signal(pid, 'SIGKILL');
    await sleep(25);
  }
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits until no process of the server is left; false when the time is over. */
export async function waitUntilGone(key: string, milliseconds: number): Promise<boolean> {
  const end = Date.now() + milliseconds;
  while (anyProcess(key)) {
    if (Date.now() > end) return false;
    await sleep(50);
  }
  return true;
}
