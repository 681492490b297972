import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, setPriority } from 'node:os';
import { afterAll, expect, it } from 'vitest';
import { processTable } from '../../../infra/process/processTable';
import { killTree, processTree } from '../../helpers/kill';

/** A process with a child; the child has so much memory that the system takes a while to end it. */
const PROGRAM = `
const { spawn } = require('node:child_process');
spawn(process.execPath, ['-e', 'globalThis.held = Buffer.alloc(8e8, 1); console.log(1); setInterval(() => {}, 1e6)'],
  { stdio: ['ignore', 'inherit', 'inherit'] });
`;

/** What shows the difference: with idle processors a killed process is gone at once. */
const BUSY = 'const end = Date.now() + 15_000; while (Date.now() < end);';
const busy = Array.from({ length: 2 * availableParallelism() }, () => {
  const one = spawn(process.execPath, ['-e', BUSY], { stdio: 'ignore' });
  // Other tests go first, and what is killed comes last.
  setPriority(one.pid ?? 0, 10);
  return one;
});
afterAll(() => {
  for (const one of busy) one.kill('SIGKILL');
});

it('returns when a process and all that it started are gone', async () => {
  const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const tree = await processTree(child.pid ?? 0);
  expect(tree).toHaveLength(2);
  for (const pid of tree) setPriority(pid, 19);
  await killTree(child.pid ?? 0);
  const running = (await processTable()).map(({ pid }) => pid);
  expect(running.filter((pid) => tree.includes(pid))).toEqual([]);
});
