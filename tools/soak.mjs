// The exactness tests for longer: `node tools/soak.mjs [seconds] [--generation 15|16|17|18] [--seed n] [--mutations]`.
// With --mutations, also breaks the engine in each way that test/helpers/mutations.ts knows: each must be noticed.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const words = process.argv.slice(2);
const option = (name) => {
  const index = words.indexOf(`--${name}`);
  return index < 0 ? undefined : words[index + 1];
};
const seconds = /^\d+$/.test(words[0] ?? '') ? words[0] : '900';
const generations = option('generation') ? [option('generation')] : ['15', '18'];
const mutations = words.includes('--mutations');

let failed = false;
for (const generation of generations) {
  console.log(`PostgreSQL ${generation}: ${seconds} seconds under load.`);
  const env = {
    ...process.env,
    TIDEMARK_TEST_GENERATION: generation,
    TIDEMARK_SOAK_SECONDS: seconds,
    ...(option('seed') ? { TIDEMARK_SEED: option('seed') } : {}),
    ...(mutations ? { TIDEMARK_MUTATIONS: 'all' } : {}),
  };
  const files = [
    'test/database/exactness/concurrency.test.ts',
    ...(mutations ? ['test/database/exactness/mutation.test.ts'] : []),
  ];
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  // One file at a time: each wants the whole machine.
  const code = await new Promise((resolve) => {
    spawn(process.execPath, [vitest, 'run', '--no-file-parallelism', ...files], {
      cwd: root,
      env,
      stdio: 'inherit',
    })
      .on('close', (status) => resolve(status ?? 1))
      .on('error', () => resolve(1));
  });
  failed ||= code !== 0;
}
process.exit(failed ? 1 : 0);
