// `npm run demo`: does all set-up, then runs the demo. Plain Node, since it installs what the rest needs.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuild, ensureDependencies, root } from './setup.mjs';

const started = Date.now();
await ensureDependencies();
await ensureBuild({ declarations: false });
const child = spawn(
  process.execPath,
  ['--max-old-space-size=128', join(root, 'dist', 'demo', 'main.js'), ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TIDEMARK_DEMO_STARTED: String(started) },
  },
);
// Ctrl-C reaches the demo through the terminal: it ends by itself, and this process with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('close', (code, signal) => {
  process.exitCode = signal === null ? code : 130;
});
