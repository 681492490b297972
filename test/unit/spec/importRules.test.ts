import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';

const ROOT = join(__dirname, '../../..');
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
const scratch: string[] = [];

afterEach(() => {
  for (const directory of scratch.splice(0)) rmSync(directory, { recursive: true });
});

/** The rules that a file of this path and text breaks, under the configuration of this repository. */
function broken(path: string, code: string): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-lint-'));
  scratch.push(directory);
  copyFileSync(join(ROOT, 'biome.json'), join(directory, 'biome.json'));
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), code);
  const options = { cwd: directory, encoding: 'utf8' } as const;
  const { stdout, stderr } = spawnSync(process.execPath, [BIOME, 'lint', '--colors=off', path], options);
  expect(stderr + stdout).toContain('Checked 1 file');
  return [...new Set(`${stdout}${stderr}`.match(/(?<=lint\/\w+\/)\w+/g) ?? [])];
}

const imports = (module: string): string => `import { x } from '${module}';\nexport const y = x;\n`;

describe('the import rules of the layers', () => {
  test.each([
    ['infra/spec/a.ts', '../db/connect'],
    ['infra/spec/checks/a.ts', '../../compile/types'],
    ['infra/spec/a.ts', 'pg'],
    ['infra/spec/a.ts', '@pulumi/pulumi'],
    ['infra/plan/a.ts', '../spec/schema'],
    ['infra/plan/a.ts', '../db/observe'],
    ['infra/plan/a.ts', '../provider/engine'],
    ['infra/plan/a.ts', 'node:fs'],
    ['infra/plan/a.ts', 'fs'],
    ['infra/plan/a.ts', 'pg'],
    ['infra/plan/a.ts', '@pulumi/pulumi'],
    ['infra/compile/a.ts', 'node:fs'],
    ['infra/compile/a.ts', '../db/connect'],
    ['infra/db/a.ts', '../provider/engine'],
    ['infra/db/a.ts', '@pulumi/pulumi'],
    ['infra/provider/a.ts', 'pg'],
    ['infra/provider/a.ts', 'pg-copy-streams'],
    ['infra/provider/a.ts', '../aws/database'],
    ['infra/aws/a.ts', 'pg'],
    ['infra/aws/a.ts', '../db/connect'],
    ['infra/cli/a.ts', 'pg'],
    ['infra/index.ts', 'pg'],
  ])('%s may not import %s', (path, module) => {
    expect(broken(path, imports(module))).toEqual(['noRestrictedImports']);
  });

  test.each([
    ['infra/spec/checks/a.ts', '../../plan/spec'],
    ['infra/spec/a.ts', './schema'],
    ['infra/plan/a.ts', './spec'],
    ['infra/plan/a.ts', 'node:crypto'],
    ['infra/compile/a.ts', '../plan/spec'],
    ['infra/db/a.ts', 'pg'],
    ['infra/provider/a.ts', '../db/connect'],
    ['infra/provider/a.ts', '@pulumi/pulumi'],
    ['infra/aws/a.ts', '@pulumi/pulumi'],
    ['infra/local/a.ts', 'pg'],
    ['demo/a.ts', 'pg'],
    ['bench/a.ts', 'pg'],
    ['test/helpers/a.ts', 'pg'],
  ])('%s may import %s', (path, module) => {
    expect(broken(path, imports(module))).toEqual([]);
  });

  test('types count as imports, too', () => {
    expect(
      broken('infra/plan/a.ts', "import type { X } from '../db/connect';\nexport type Y = X;\n"),
    ).toEqual(['noRestrictedImports']);
  });

  test('no any, no default export but in the configuration of the tests', () => {
    expect(broken('infra/plan/a.ts', 'export const x: any = 1;\n')).toEqual(['noExplicitAny']);
    expect(broken('infra/plan/a.ts', 'export default 1;\n')).toEqual(['noDefaultExport']);
    expect(broken('vitest.config.mts', 'export default {};\n')).toEqual([]);
  });
});
