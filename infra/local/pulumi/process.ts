/** Running a child process for the Pulumi set-up: whole output kept, lines handed on, silence limited. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { lastLines } from '../../process/lastLines';

export interface ProcessResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Every whole line of standard output and standard error, as it comes. */
  readonly onLine?: (line: string) => void;
  /** The process and its children are ended after this long without a byte of output. */
  readonly silenceLimitMs?: number;
}

/** Exit code of a program that could not be started, as a shell reports it. */
export const NOT_STARTED = 127;
/** Exit code of a program that was ended because it made no progress, as `timeout` reports it. */
export const NO_PROGRESS = 124;

/** Runs a program to its end. A failure is a result, never an exception: the caller knows what it means. */
export function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> {
  const limit = options.silenceLimitMs;
  // Only a limited process gets a group of its own: it must be ended with its children, while Ctrl-C must still
  // reach every other child through the terminal's group.
  const spawnOptions: SpawnOptions = { cwd: options.cwd, env: options.env, detached: limit !== undefined };
  const child = spawn(command, args, { ...spawnOptions, stdio: ['ignore', 'pipe', 'pipe'] });
  return collect(child, options.onLine, limit);
}

function collect(
  child: ChildProcess,
  onLine: ProcessOptions['onLine'],
  limit: number | undefined,
): Promise<ProcessResult> {
  return new Promise((resolve) => {
    const text = { stdout: '', stderr: '' };
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
        const lines = (rest[name] + chunk).split(/\r?\n/);
        rest[name] = lines.pop() ?? '';
        for (const line of lines) onLine?.(line);
      });
    }
    const finish = (code: number, stderr: string): void => {
      clearTimeout(timer);
      for (const line of [rest.stdout, rest.stderr]) if (line !== '') onLine?.(line);
      resolve({ code: stalled ? NO_PROGRESS : code, stdout: text.stdout, stderr });
    };
    child.once('error', (error) => finish(NOT_STARTED, error.message));
    // A signal has no code; any non-zero number says the same to the callers.
    child.once('close', (code) => finish(code ?? 1, text.stderr));
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

/** Whether it can be run; an empty file is what an interrupted download leaves. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    const found = statSync(file);
    return found.isFile() && found.size > 0;
  } catch {
    return false;
  }
}

/** What a program said last, on a line, for an error sentence. */
export function saidLast(result: ProcessResult, count = 3): string {
  const text = result.stderr.trim() === '' ? result.stdout : result.stderr;
  return lastLines(text, count).replaceAll('\n', ' ').trim();
}
