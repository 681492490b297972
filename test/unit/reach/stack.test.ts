import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { stackOutput } from '../../../infra/cli/stack';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-stack-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

it('a stack that is asked for its output is not waited for without end', async () => {
  // exec: the script itself is what has to end.
  writeFileSync(join(folder, 'pulumi'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
  const told: string[] = [];
  expect(await stackOutput([], (text) => told.push(text), 500)).toBeUndefined();
  expect(told).toEqual(['`pulumi stack output connection` failed: no answer in 0.5 seconds']);
});
