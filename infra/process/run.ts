/** Runs other programs: whole output kept, lines handed on, silence limited. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { lastLines } from './lastLines';

export interface ProcessResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The end of both, in the order in which they came. */
  readonly output: string;
}

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Account to run as; only root may name another one. */
  readonly uid?: number;
  readonly gid?: number;
  /** Every whole line of standard output and standard error, as it comes. */
  readonly onLine?: (line: string) => void;
  /** The process and its children are ended after this long without a byte of output. */
  readonly silenceLimitMs?: number;
  /** It is ended when this process ends before it. */
  readonly endsWithUs?: boolean;
}

/** Exit code of a program that could not be started, as a shell reports it. */
export const NOT_STARTED = 127;
/** Exit code of a program that was ended because it made no progress, as `timeout` reports it. */
export const NO_PROGRESS = 124;
/** Characters of `output`. */
const OUTPUT_LENGTH = 64_000;

/** Runs a program to its end. A failure is a result, never an exception: the caller knows what it means. */
export function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> {
  const { onLine, silenceLimitMs: limit, endsWithUs, ...spawnOptions } = options;
  // Only a limited process gets a group of its own: it must be ended with its children, while Ctrl-C must still
  // reach every other child through the terminal's group.
  const grouped: SpawnOptions = { ...spawnOptions, detached: limit !== undefined };
  const child = spawn(command, args, { ...grouped, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = (): void => {
    if (limit === undefined) child.kill();
    else endGroup(child);
  };
  if (endsWithUs === true) process.once('exit', end);
  return collect(child, onLine, limit).finally(() => process.removeListener('exit', end));
}

function collect(
  child: ChildProcess,
  onLine: ProcessOptions['onLine'],
  limit: number | undefined,
): Promise<ProcessResult> {
  return new Promise((resolve) => {
    const text = { stdout: '', stderr: '', output: '' };
    const rest = { stdout: '', stderr: '' };
    let stalled = false;
    let timer: NodeJS.Timeout | undefined;
    const watch = (): void => {
      if (limit === undefined) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        stalled = true;
        endGroup(child);
      }, limit);
    };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
        watch();
        text[name] += chunk;
        text.output = (text.output + chunk).slice(-OUTPUT_LENGTH);
        if (onLine === undefined) return;
        const lines = (rest[name] + chunk).split(/\r?\n/);
        rest[name] = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      });
    }
    const finish = (code: number, said: typeof text): void => {
      clearTimeout(timer);
      for (const line of [rest.stdout, rest.stderr]) if (line !== '') onLine?.(line);
      resolve({ ...said, code: stalled ? NO_PROGRESS : code });
    };
    child.once('error', ({ message }) => finish(NOT_STARTED, { ...text, stderr: message, output: message }));
    // A signal has no code; any non-zero number says the same to the callers.
    child.once('close', (code) => finish(code ?? 1, text));
    watch();
  });
}

/** Ends at once a child that leads a group of its own, with all that it has started. */
export function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** What a program said last, on a line, for an error sentence. */
export function saidLast(result: ProcessResult, count = 3): string {
  const text = result.stderr.trim() === '' ? result.stdout : result.stderr;
  return lastLines(text, count).replaceAll('\n', ' ').trim();
}
