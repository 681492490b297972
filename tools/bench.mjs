// `npm run bench`: does all set-up, then measures. Plain Node, since it installs what the rest needs.
//   npm run bench [-- --format json --generation 15|16|17|18]
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuild, ensureDependencies, root } from './setup.mjs';

// What set-up says goes to stderr: stdout is the report's alone.
console.log = console.error;
await ensureDependencies();
await ensureBuild();
const child = spawn(process.execPath, [join(root, 'dist', 'bench', 'main.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('close', (code, signal) => {
  process.exitCode = signal === null ? code : 130;
});
