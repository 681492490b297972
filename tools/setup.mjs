// What `npm test` and `npm run demo` need before anything else can run. Plain Node, since it installs all the rest.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const OLDEST_NODE = 20;
const PROGRAMS = ['infra', 'demo', 'bench'];
const SOURCES = [...PROGRAMS, 'test'];

/** Ends the process with one sentence where Node is too old to run the rest. */
export function requireNode() {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) return;
  console.error(`error: Tidemark needs Node ${OLDEST_NODE} or later; this is ${process.version}.`);
  process.exit(1);
}

/** Runs a command to its end; its output is kept, and shown only when it fails. */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(output.trim()))));
  });
}

/** Ends the process with what a step printed when it failed. */
async function orEnd(what, work) {
  try {
    await work();
  } catch (error) {
    console.error(`error: ${what} failed.\n${error.message}`);
    process.exit(1);
  }
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Whether node_modules holds what package-lock.json names, by the record that npm writes when an installation is complete.
 * Optional packages of other platforms are not in it.
 */
function installed() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages ?? {};
  const present = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (present === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || (entry.optional && present[path] === undefined)) return true;
    return present[path]?.version === entry.version && present[path]?.integrity === entry.integrity;
  });
}

function npm(...args) {
  const command = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  return run(command, [...args, '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Installs the dependencies exactly as locked, unless they are there. */
export async function ensureDependencies() {
  requireNode();
  if (installed()) return;
  console.log('Installing the dependencies with npm ci.');
  await orEnd('npm ci', async () => {
    try {
      await npm('ci');
    } catch (error) {
      // Where a registry lacks the packages of other platforms, npm takes the lock file for incomplete; `install` does not,
      // and takes the same versions.
      if (!error.message.includes('EUSAGE') || !error.message.includes('from lock file')) throw error;
      await npm('install', '--no-save');
    }
  });
}

function* files(directory) {
  const entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.name.endsWith('.ts')) yield path;
  }
}

/** One value for everything that the build depends on. */
function sourceHash() {
  const hash = createHash('sha256');
  const all = SOURCES.map((name) => join(root, name)).filter(existsSync);
  for (const path of [
    join(root, 'tsconfig.json'),
    join(root, 'package-lock.json'),
    ...all.flatMap((name) => [...files(name)]),
  ]) {
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.digest('hex');
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The programs that package.json names can be run: `npx tidemark` follows a link to one, and never looks at its mode. */
function makeRunnable(fresh) {
  for (const file of Object.values(readJson(join(root, 'package.json'))?.bin ?? {}))
    chmodSync(join(fresh, file), 0o755);
}

/**
 * Compiles the TypeScript to dist/, unless that was made from the same sources. Without declarations, what is needed to
 * run the programs is enough: their types are not checked, which takes most of the time.
 */
export async function ensureBuild({ declarations = true } = {}) {
  const dist = join(root, 'dist');
  const stamp = join(dist, '.sources');
  const whole = sourceHash();
  const wanted = declarations ? whole : `${whole} without declarations`;
  const present = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (present === whole || present === wanted) return;
  console.log('Compiling.');
  // Beside the old one and then swapped in, so that an interruption, or a program that runs from it, never sees half a build.
  const builds = join(root, '.local', 'build');
  mkdirSync(builds, { recursive: true });
  for (const left of readdirSync(builds))
    if (!isRunning(Number(left))) rmSync(join(builds, left), { recursive: true, force: true });
  const fresh = join(builds, String(process.pid));
  const out = join(fresh, 'dist');
  mkdirSync(fresh);
  const tsc = [
    join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    'tsconfig.json',
    '--outDir',
    out,
  ];
  const transpile = [
    join(root, 'tools', 'transpile.mjs'),
    out,
    ...PROGRAMS.filter((name) => existsSync(join(root, name))),
  ];
  await orEnd('The build', () => run(process.execPath, declarations ? tsc : transpile));
  makeRunnable(fresh);
  writeFileSync(join(out, '.sources'), wanted);
  if (existsSync(dist)) renameSync(dist, join(fresh, 'old'));
  renameSync(out, dist);
  rmSync(fresh, { recursive: true, force: true });
}
