/** The processes of this machine: whether one is gone, and what it started. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** Of the program, without its folder and arguments. */
  readonly name: string;
}

/** Every process of the machine that still runs. */
export async function processTable(): Promise<readonly ProcessRow[]> {
  // Small container images have no `ps`; other systems have no /proc.
  return os.platform() === 'linux' ? fromProc() : fromPs();
}

async function fromProc(): Promise<readonly ProcessRow[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
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
