import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const ROOT = join(__dirname, '../../..');
const SECONDS = 1_000;

interface Setup {
  ensureBuild(options?: { declarations: boolean }): Promise<void>;
}

/** A checkout of its own with one program and one test; set-up works on the folder that it lies in. */
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'tidemark-setup-'));
  cpSync(join(ROOT, 'tools'), join(checkout, 'tools'), { recursive: true });
  cpSync(join(ROOT, 'tsconfig.json'), join(checkout, 'tsconfig.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  write('package-lock.json', '{}');
  write('package.json', JSON.stringify({ name: 'a', bin: { tidemark: 'dist/infra/cli/main.js' } }));
  write('infra/cli/main.ts', "#!/usr/bin/env node\nexport const said: string = 'one';\n");
  write('test/a.test.ts', 'export const tested = 1;\n');
  vi.spyOn(console, 'log').mockReturnValue(undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(checkout, { recursive: true });
});

function write(file: string, text: string): void {
  mkdirSync(join(checkout, file, '..'), { recursive: true });
  writeFileSync(join(checkout, file), text);
}

const read = (file: string) => readFileSync(join(checkout, file), 'utf8');
const has = (file: string) => statSync(join(checkout, file), { throwIfNoEntry: false }) !== undefined;

async function setup(): Promise<Setup> {
  return (await import(pathToFileURL(join(checkout, 'tools', 'setup.mjs')).href)) as Setup;
}

/** `npx tidemark` follows a link to the program, which npm makes once and never looks at again. */
const runnable = () => (statSync(join(checkout, 'dist/infra/cli/main.js')).mode & 0o111) === 0o111;

describe('ensureBuild', () => {
  it(
    'leaves a program that can be run, after every build',
    async () => {
      const { ensureBuild } = await setup();
      await ensureBuild();
      expect(runnable()).toBe(true);
      write('infra/cli/main.ts', "#!/usr/bin/env node\nexport const said: string = 'two';\n");
      await ensureBuild();
      expect(read('dist/infra/cli/main.js')).toContain("'two'");
      expect(runnable()).toBe(true);
    },
    120 * SECONDS,
  );

  it(
    'makes the same programs without declarations, for those who only run them',
    async () => {
      const { ensureBuild } = await setup();
      await ensureBuild();
      const whole = read('dist/infra/cli/main.js');
      expect(has('dist/infra/cli/main.d.ts')).toBe(true);
      rmSync(join(checkout, 'dist'), { recursive: true });

      await ensureBuild({ declarations: false });
      expect(read('dist/infra/cli/main.js')).toBe(whole);
      expect(runnable()).toBe(true);
      expect([has('dist/infra/cli/main.d.ts'), has('dist/test/a.test.js')]).toEqual([false, false]);

      await ensureBuild();
      expect(has('dist/infra/cli/main.d.ts'), 'is not taken for a whole build').toBe(true);
      const made = statSync(join(checkout, 'dist')).mtimeMs;
      await ensureBuild({ declarations: false });
      expect(statSync(join(checkout, 'dist')).mtimeMs, 'a whole build will do').toBe(made);
    },
    120 * SECONDS,
  );
});
