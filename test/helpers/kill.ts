/** Ends processes at once, as a power cut would. */
import { setTimeout as sleep } from 'node:timers/promises';
import { signal } from '../../infra/local/postgres/processes';
import { processTable } from '../../infra/process/processTable';

/** The process and all that it started, itself first; to be asked before it is killed, since orphans change parent. */
export async function processTree(pid: number): Promise<readonly number[]> {
  const rows = await processTable();
  const tree = [pid];
  // The list grows while it is walked, so that grandchildren are found too.
  for (const parent of tree) for (const row of rows) if (row.parent === parent) tree.push(row.pid);
  return tree;
}

/**
 * Ends a process and all that it started at once, Pulumi's language host and dynamic provider included, and returns when
 * they are gone: a signal to a process is not yet its end, on a busy machine for long enough that its lock counts as held.
 */
export async function killTree(pid: number): Promise<void> {
  const tree = await processTree(pid);
  for (const member of tree) signal(member, 'SIGKILL');
  const end = Date.now() + 120_000;
  while ((await processTable()).some((row) => tree.includes(row.pid))) {
    if (Date.now() > end) throw new Error(`Processes ${tree.join(', ')} outlive SIGKILL.`);
    await sleep(10);
  }
}
