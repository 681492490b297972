/** moto, an emulator of AWS, in a virtual environment of this checkout: for the calls that our own code makes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../infra/local/postgres/lock';
import { aptInstall } from '../../infra/local/postgres/packages';
import { freePort } from '../../infra/local/postgres/port';
import { attempt, canBecomeRoot } from '../../infra/process/command';
import { lastLines } from '../../infra/process/lastLines';

const PACKAGES = ['moto==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.2'];
const DIRECTORY = join(__dirname, '../../.local/moto');
const START_MILLISECONDS = 300_000;

export interface Moto {
  readonly endpoint: string;
  /** Variables that make the SDK of AWS talk to it, with credentials that mean nothing. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

function failed(output: string): Error {
  return new Error(
    `moto, which these tests need, cannot be installed: give this machine Python 3 with its venv module (python3-venv).\n${lastLines(output, 6)}`,
  );
}

async function makeEnvironment(venv: string): Promise<void> {
  const make = () => attempt({ file: 'python3', args: ['-m', 'venv', '--clear', venv] }, process.env);
  const first = await make();
  if (first.code === 0) return;
  if (!existsSync('/usr/bin/apt-get') || !(await canBecomeRoot())) throw failed(first.output);
  await aptInstall(['python3', 'python3-venv'], (line) => console.error(line));
  const second = await make();
  if (second.code !== 0) throw failed(second.output);
}

/** Installs it unless it is there; an installation that was interrupted begins anew. */
async function ensureMoto(): Promise<string> {
  const venv = join(DIRECTORY, 'venv');
  const done = join(venv, `installed-${PACKAGES.join('-')}`);
  await mkdir(DIRECTORY, { recursive: true });
  await withLock(DIRECTORY, async () => {
    if (existsSync(done)) return;
    console.error('Installing moto.');
    await rm(venv, { recursive: true, force: true });
    await makeEnvironment(venv);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES];
    const { code, output } = await attempt({ file: join(venv, 'bin', 'python'), args: pip }, process.env);
    if (code !== 0) throw failed(output);
    await writeFile(done, '');
  });
  return join(venv, 'bin', 'moto_server');
}

/** Starts it on a free port of this machine. It forgets everything when it stops. */
export async function startMoto(): Promise<Moto> {
  const program = await ensureMoto();
  const port = await freePort();
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(endpoint, child);
  return {
    endpoint,
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
      AWS_REGION: 'eu-central-1',
    },
    stop: async () => {
      process.off('exit', kill);
      if (child.exitCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      kill();
      await gone;
    },
  };
}

async function answers(endpoint: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + START_MILLISECONDS;
  while (Date.now() < until && child.exitCode === null) {
    const found = await fetch(`${endpoint}/moto-api/`).catch(() => null);
    if (found?.ok === true) return;
    await sleep(100);
  }
  child.kill('SIGKILL');
  throw new Error('moto does not answer.');
}
