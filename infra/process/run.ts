import { spawn } from 'node:child_process';
import { TidemarkError } from '../model/error';
import { lastLines } from './lastLines';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Account to run as; only root may name another one. */
  readonly uid?: number;
  readonly gid?: number;
  /** Default: a plain one. */
  readonly environment?: NodeJS.ProcessEnv;
}

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** An environment with nothing of the caller's in it that could change a server or leak into it. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: `${process.env.PATH ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
  };
}

/** What a program that downloads must be told on machines behind a proxy. */
function proxies(): NodeJS.ProcessEnv {
  const names = ['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy'].flatMap((name) => [
    name,
    name.toUpperCase(),
  ]);
  return Object.fromEntries(
    names.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]]),
  );
}

/** The environment of apt and debootstrap. */
export function downloadEnvironment(): NodeJS.ProcessEnv {
  return { ...plainEnvironment(), DEBIAN_FRONTEND: 'noninteractive', ...proxies() };
}

/** Runs a command to its end and returns its exit code and what it printed; a missing program is code 127. */
export function attempt(
  command: Command,
  environment = command.environment ?? plainEnvironment(),
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
      env: environment,
      ...(command.uid === undefined ? {} : { uid: command.uid }),
      ...(command.gid === undefined ? {} : { gid: command.gid }),
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      // The end of the output tells why a command failed; keeping all of it could take a lot of memory.
      output = (output + chunk.toString('utf8')).slice(-64_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs a command and throws one sentence, with the last lines of its output as hint, when it fails. */
export async function run(what: string, command: Command, environment?: NodeJS.ProcessEnv): Promise<string> {
  const { code, output } = await attempt(command, environment);
  if (code !== 0) {
    throw new TidemarkError(`${what} failed (${command.file} ended with code ${code}).`, {
      hint: lastLines(output, 6),
    });
  }
  return output;
}

/** Are we root? */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** True when commands can run as root: we are root, or sudo asks for no password. */
export async function canBecomeRoot(): Promise<boolean> {
  return isRoot() || (await attempt({ file: 'sudo', args: ['-n', 'true'] })).code === 0;
}

/** The same command, run as root; sudo lets the settings of a proxy through where there are any. */
export function asRoot(file: string, args: readonly string[]): Command {
  if (isRoot()) return { file, args };
  const names = Object.keys(proxies());
  return {
    file: 'sudo',
    args: ['-n', ...(names.length > 0 ? [`--preserve-env=${names.join(',')}`] : []), '--', file, ...args],
  };
}
