import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stackRunner } from '../../../infra/local/pulumi/stack';
import { ROOT, type TestStack, testStack } from './stack';

const run = promisify(execFile);
const VARIABLE = 'SCRATCH_DATABASE_URL';

const PROGRAM = `import { type Connection, Engine, loadDefinitions, Rollups, type RollupSpec } from 'tidemark';

const connection: Connection = { urlEnv: '${VARIABLE}' };
const rollups = new Rollups('rollups', { directory: 'definitions', connection });
export const views = rollups.views;
export const engine: Engine = rollups.engine;
export const definitions: readonly RollupSpec[] = loadDefinitions('definitions').definitions.map(({ definition }) => definition);
`;

const DEFINITION = `apiVersion: tidemark/v1
name: visits
source: { table: raw.visits, time: at, columns: { at: timestamptz not null, page: text }, partition: { every: 1 month } }
dimensions: [page]
measures: { "*": [count] }
tiers: [{ every: 1 hour, retention: 90 days }, { every: 1 day }]
`;

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await testStack('package');
  folder = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-package-')));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await stack?.close();
});

/** What `npm install` would have fetched beside it, and no package that only this checkout needs. */
async function linkDependencies(): Promise<void> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  for (const [place, { dev }] of Object.entries(lock.packages)) {
    if (!/^node_modules\/(@[^/]+\/)?[^/]+$/.test(place) || dev === true || !existsSync(join(ROOT, place)))
      continue;
    await mkdir(dirname(join(folder, place)), { recursive: true });
    await symlink(join(ROOT, place), join(folder, place));
  }
}

describe('the packed package, in a program of somebody else', () => {
  it('installs, with types, and holds only what it needs', async () => {
    const packed = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: ROOT,
    });
    const [{ filename, files }] = JSON.parse(packed.stdout) as [
      { filename: string; files: { path: string }[] },
    ];
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['dist/infra/library.js', 'dist/infra/provider/entry.js', 'sql/manifest.json']),
    );
    expect(paths.filter((path) => /(^|\/)(test|\.local|node_modules)\//.test(path))).toEqual([]);
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'scratch', private: true }));
    await mkdir(join(folder, 'node_modules', 'tidemark'), { recursive: true });
    await run('tar', ['-xzf', filename, '-C', 'node_modules/tidemark', '--strip-components', '1'], {
      cwd: folder,
    });
    await linkDependencies();

    await mkdir(join(folder, 'program'));
    await writeFile(join(folder, 'program', 'index.ts'), PROGRAM);
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const types = join(ROOT, 'node_modules', '@types');
    // What a new Pulumi program has: strict, CommonJS, and a resolution that reads `types` instead of `exports`.
    const options = [
      '--strict',
      '--skipLibCheck',
      '--target',
      'es2022',
      '--module',
      'commonjs',
      '--moduleResolution',
      'node10',
    ];
    await run(process.execPath, [
      tsc,
      ...options,
      '--types',
      'node',
      '--typeRoots',
      types,
      join(folder, 'program', 'index.ts'),
    ]);
    const { exports } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      exports: Record<string, { types: string; default: string }>;
    };
    for (const name of ['.', './provider']) {
      for (const file of [exports[name]?.types, exports[name]?.default])
        expect(paths).toContain(file?.replace('./', ''));
    }
  });

  it('applies a folder beside Pulumi.yaml, wherever the program lies', async () => {
    await writeFile(
      join(folder, 'Pulumi.yaml'),
      'name: scratch\nruntime: { name: nodejs, options: { typescript: false } }\nmain: program/index.js\n',
    );
    await mkdir(join(folder, 'definitions'));
    await writeFile(join(folder, 'definitions', 'visits.yaml'), DEFINITION);
    const runner = await stackRunner({
      root: ROOT,
      project: folder,
      backend: join(folder, 'state'),
      stack: 'scratch',
      env: { [VARIABLE]: stack.server.url },
    });
    await runner.ensureStack();
    const ok = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await runner.run(args);
      expect(code, `${stdout}\n${stderr}`).toBe(0);
      return stdout;
    };
    await ok('up', '--yes', '--skip-preview');
    await stack.client.query(`insert into raw.visits values (now() - interval '3 days', '/'), (now(), '/')`);
    await stack.client.query(`call rollup.perform_rollup('visits', true)`);
    const rows = await stack.client.query('select sum(row_count)::integer as n from gold.visits_1d');
    expect(rows.rows).toEqual([{ n: 2 }]);
    await ok('refresh', '--yes', '--skip-preview');
    await ok('preview', '--expect-no-changes');

    const state = JSON.parse(await ok('stack', 'export')) as {
      deployment: { resources: { inputs?: unknown; outputs?: unknown }[] };
    };
    const kept = JSON.stringify(state.deployment.resources.map(({ inputs, outputs }) => [inputs, outputs]));
    expect(kept).toContain('gold.visits_1h');
    for (const place of [folder, ROOT, new URL(stack.server.url).password]) expect(kept).not.toContain(place);
    await ok('destroy', '--yes', '--skip-preview');
  });
});
