/** Commands of the system: as another account, as root, in an environment that holds nothing of the caller's. */
import { TidemarkError } from '../model/error';
import { lastLines } from './lastLines';
import { type ProcessResult, runProcess } from './run';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Account to run as; only root may name another one. */
  readonly uid?: number;
  readonly gid?: number;
  /** Default: a plain one. */
  readonly environment?: NodeJS.ProcessEnv;
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
  { file, args, environment, ...account }: Command,
  env = environment ?? plainEnvironment(),
): Promise<ProcessResult> {
  return runProcess(file, args, { ...account, cwd: '/', env });
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
