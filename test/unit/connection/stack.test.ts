import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { stackOutput } from '../../../infra/cli/stack';
import { processTable } from '../../../infra/process/processTable';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-stack-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a CLI of that script answers, what is warned of, and after how many milliseconds. */
async function ask(script: string, options: { patience?: number; signal?: AbortSignal } = {}) {
  const command = join(folder, 'pulumi');
  writeFileSync(command, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const told: string[] = [];
  const start = performance.now();
  const program = { command, env: process.env };
  const answer = await stackOutput({ program, args: [], warn: (text) => told.push(text), ...options });
  return { answer, told, took: performance.now() - start };
}

/** Waits until no `sleep` of that many seconds, which no other test takes, runs any more. */
async function noSleep(seconds: string): Promise<void> {
  const running = async (): Promise<number> => {
    const rows = (await processTable()).filter(({ name }) => name === 'sleep');
    const lines = await Promise.all(
      rows.map(({ pid }) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    );
    return lines.filter((line) => line === `sleep\0${seconds}\0`).length;
  };
  for (let tries = 0; (await running()) > 0 && tries < 600; tries += 1) await sleep(100);
  expect(await running()).toBe(0);
}

it('a stack that is asked for its output is not waited for without end, nor what Pulumi has started', async () => {
  const { answer, told, took } = await ask('sleep 120.731', { patience: 500 });
  expect(answer).toBeUndefined();
  expect(told).toEqual(['`pulumi stack output connection` failed: no answer in 0.5 seconds']);
  expect(took).toBeLessThan(60_000);
  await noSleep('120.731');
});

it('an answer is taken though something that Pulumi has started goes on', async () => {
  const { answer, told, took } = await ask('sleep 120.732 & echo yes', { patience: 100_000 });
  expect([answer, told]).toEqual(['yes\n', []]);
  expect(took).toBeLessThan(60_000);
  await noSleep('120.732');
});

it('the end of the run is the end of asking', async () => {
  const end = new AbortController();
  setTimeout(() => end.abort(), 300);
  const start = performance.now();
  await expect(ask('sleep 120.733', { signal: end.signal })).rejects.toThrow('aborted');
  expect(performance.now() - start).toBeLessThan(60_000);
  await noSleep('120.733');
  await expect(ask('echo yes', { signal: end.signal })).rejects.toThrow('aborted');
});

it('what ended Pulumi is told', async () => {
  const failed = '`pulumi stack output connection` failed:';
  expect((await ask('echo why >&2; exit 3')).told).toEqual([`${failed} why`]);
  expect((await ask('exit 3')).told).toEqual([`${failed} it gave no reason`]);
  expect((await ask('kill -KILL $$')).told).toEqual([`${failed} it was ended by SIGKILL`]);
});
