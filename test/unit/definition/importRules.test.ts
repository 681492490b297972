import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(__dirname, '../../..');
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');

/** A file of this path and text, and the one rule it breaks, if any. */
type Case = readonly [path: string, code: string, rule?: string];

const imports = (module: string): string => `import { x } from '${module}';\nexport const y = x;\n`;
const may = (path: string, module: string): Case => [path, imports(module)];
const mayNot = (path: string, module: string): Case => [path, imports(module), 'noRestrictedImports'];

const CASES: readonly Case[] = [
  mayNot('infra/model/a.ts', '../definition/schema'),
  mayNot('infra/model/a.ts', '../plan/diff'),
  mayNot('infra/model/a.ts', 'node:fs'),
  mayNot('infra/model/a.ts', 'pg'),
  mayNot('infra/definition/a.ts', '../db/status'),
  mayNot('infra/definition/checks/a.ts', '../../compile/types'),
  mayNot('infra/definition/a.ts', 'pg'),
  mayNot('infra/definition/a.ts', '@pulumi/pulumi'),
  mayNot('infra/plan/a.ts', '../definition/schema'),
  mayNot('infra/plan/a.ts', '../db/rollup/observe'),
  mayNot('infra/plan/a.ts', '../provider/engine'),
  mayNot('infra/plan/a.ts', 'node:fs'),
  mayNot('infra/plan/a.ts', 'node:child_process'),
  mayNot('infra/plan/a.ts', 'pg'),
  mayNot('infra/plan/a.ts', '@pulumi/pulumi'),
  mayNot('infra/compile/a.ts', 'node:fs'),
  mayNot('infra/compile/a.ts', '../db/transaction'),
  mayNot('infra/compile/a.ts', '../plan/diff'),
  mayNot('infra/process/a.ts', '../local/postgres/server'),
  mayNot('infra/connection/a.ts', '../db/transaction'),
  mayNot('infra/connection/a.ts', '../provider/unknown'),
  mayNot('infra/connection/a.ts', '@pulumi/pulumi'),
  mayNot('infra/db/a.ts', '../provider/engine'),
  mayNot('infra/db/engine/a.ts', '../../definition/load'),
  mayNot('infra/db/a.ts', '@pulumi/pulumi'),
  mayNot('infra/provider/a.ts', 'pg'),
  mayNot('infra/provider/a.ts', 'pg-copy-streams'),
  mayNot('infra/provider/a.ts', '../aws/database'),
  mayNot('infra/aws/a.ts', 'pg'),
  mayNot('infra/aws/a.ts', '../db/engine/engine'),
  mayNot('infra/local/postgres/a.ts', '../../db/transaction'),
  mayNot('infra/local/a.ts', '@pulumi/pulumi'),
  mayNot('infra/cli/a.ts', 'pg'),
  mayNot('infra/cli/a.ts', '../provider/engine'),
  mayNot('infra/cli/a.ts', '../aws/platform'),
  mayNot('infra/index.ts', 'pg'),
  may('infra/definition/checks/a.ts', '../../model/definition'),
  may('infra/definition/a.ts', './schema'),
  may('infra/definition/a.ts', 'node:fs'),
  may('infra/model/a.ts', './definition'),
  may('infra/model/a.ts', 'node:crypto'),
  may('infra/plan/a.ts', '../model/definition'),
  may('infra/compile/a.ts', '../model/definition'),
  may('infra/connection/a.ts', 'pg'),
  may('infra/connection/a.ts', '../process/lastLines'),
  may('infra/db/a.ts', 'pg'),
  may('infra/db/a.ts', '../connection/connect'),
  may('infra/provider/a.ts', '../connection/connect'),
  may('infra/provider/a.ts', '../db/engine/engine'),
  may('infra/provider/a.ts', '@pulumi/pulumi'),
  may('infra/aws/a.ts', '@pulumi/pulumi'),
  may('infra/local/a.ts', 'pg'),
  may('infra/cli/a.ts', '../local/postgres/server'),
  may('demo/a.ts', 'pg'),
  may('bench/a.ts', 'pg'),
  may('test/helpers/a.ts', 'pg'),
  [
    'infra/plan/a.ts',
    "import type { X } from '../db/transaction';\nexport type Y = X;\n",
    'noRestrictedImports',
  ],
  ['infra/plan/a.ts', 'export const x: any = 1;\n', 'noExplicitAny'],
  ['infra/plan/a.ts', 'export default 1;\n', 'noDefaultExport'],
  ['vitest.config.mts', 'export default {};\n'],
];

/** Rules broken by each file, from one run of the linter over all of them. */
function lint(files: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-lint-'));
  try {
    copyFileSync(join(ROOT, 'biome.json'), join(directory, 'biome.json'));
    for (const [path, code] of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), code);
    }
    const options = { cwd: directory, encoding: 'utf8' } as const;
    const flags = ['lint', '--colors=off', '--max-diagnostics=none', ...files.map(([path]) => path)];
    const { stdout, stderr } = spawnSync(process.execPath, [BIOME, ...flags], options);
    expect(stdout + stderr).toContain(`Checked ${files.length} files`);
    const broken = new Map<string, string[]>();
    for (const [, path = '', rule = ''] of stderr.matchAll(/^(\S+):\d+:\d+ lint\/\w+\/(\w+)/gm)) {
      broken.set(path, [...(broken.get(path) ?? []), rule]);
    }
    return broken;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('the rules of the linter', () => {
  // Several cases are of one path: each gets a file of its own.
  const files = CASES.map(([path, code], index) => [path.replace('/a.ts', `/a${index}.ts`), code] as const);

  test('forbid and allow what the layers of infra/ say', () => {
    const broken = lint(files);
    const found = CASES.map(([path, code], index) => [path, code, broken.get(files[index]?.[0] ?? '')]);
    expect(found).toEqual(CASES.map(([path, code, rule]) => [path, code, rule && [rule]]));
  });
});
