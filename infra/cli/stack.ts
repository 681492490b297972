/** Which stack of which project the arguments of Pulumi name, and what it has as output. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { lastLines } from '../process/lastLines';
import { endGroup } from '../process/run';
import type { PulumiProgram } from './pulumiProgram';

const PATIENCE_MILLISECONDS = 60_000;
/** What has been said by a program that has ended is read by then. */
const REST_MILLISECONDS = 1_000;

/** Of all arguments those that say which stack of which folder is meant. */
export function stackOptions(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, index) => {
    if (/^(--stack|--cwd)=|^-[sC]./.test(arg)) return [arg];
    const value = args[index + 1];
    return /^(--stack|--cwd|-s|-C)$/.test(arg) && value !== undefined ? [arg, value] : [];
  });
}

/** Where relative paths of a program's connection begin: as Pulumi finds it, from the folder that is named upwards. */
export function projectFolder(args: readonly string[]): string {
  const options = stackOptions(args);
  const named = options.flatMap((option, index) => {
    const value = /^(?:--cwd=|-C=?)(.+)$/.exec(option)?.[1];
    if (value !== undefined) return [value];
    return /^(-C|--cwd)$/.test(options[index - 1] ?? '') ? [option] : [];
  });
  const start = resolve(named.at(-1) ?? '.');
  for (let folder = start; ; folder = dirname(folder)) {
    if (['Pulumi.yaml', 'Pulumi.yml'].some((name) => existsSync(join(folder, name)))) return folder;
    if (folder === dirname(folder)) return start;
  }
}

export interface StackQuestion {
  readonly program: PulumiProgram;
  /** Of the run, which name the stack. */
  readonly args: readonly string[];
  readonly warn: (text: string) => void;
  /** Aborted when nobody wants the answer any more: then there is an error instead of one. */
  readonly signal?: AbortSignal;
  /** In milliseconds. */
  readonly patience?: number;
}

/** The output `connection` of the stack that the arguments name; undefined, after a warning, where Pulumi gives none. */
export async function stackOutput(question: StackQuestion): Promise<string | undefined> {
  const { program, args, warn, signal, patience = PATIENCE_MILLISECONDS } = question;
  signal?.throwIfAborted();
  const child = spawn(
    program.command,
    ['stack', 'output', 'connection', '--json', ...stackOptions(args)],
    // A group of its own, so that it can be ended with all that it has started.
    { stdio: ['ignore', 'pipe', 'pipe'], env: program.env, detached: true },
  );
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  const timers: NodeJS.Timeout[] = [];
  const failure = await new Promise<string | undefined>((settle) => {
    const after = (milliseconds: number, why: () => string | undefined): void => {
      timers.push(setTimeout(() => settle(why()), milliseconds));
    };
    const ended = (): string | undefined => {
      if (child.signalCode !== null) return `it was ended by ${child.signalCode}`;
      return child.exitCode === 0 ? undefined : saidLast(said.stderr);
    };
    child.once('error', (cause) => settle(cause.message));
    child.once('close', () => settle(ended()));
    // What it has started may hold its output open for as long as it likes.
    child.once('exit', () => after(REST_MILLISECONDS, ended));
    // It only reads: whatever it waits for, such as a login, nobody will give.
    after(patience, () => `no answer in ${patience / 1000} seconds`);
    signal?.addEventListener('abort', () => settle(undefined), { once: true });
  });
  for (const timer of timers) clearTimeout(timer);
  // What it has started is not listened to either.
  child.stdout.destroy();
  child.stderr.destroy();
  endGroup(child);
  signal?.throwIfAborted();
  if (failure === undefined) return said.stdout;
  warn(`\`pulumi stack output connection\` failed: ${failure}`);
  return undefined;
}

function saidLast(text: string): string {
  return lastLines(text).trim().slice(0, 300) || 'it gave no reason';
}
