import { CommanderError } from 'commander';
import { TidemarkError } from '../model/error';
import { colorsFor } from './output';

export const FAILED = 1;
export const USAGE = 2;

/** Prints an error as one sentence and, where there is one, a hint; with `debug` where it came from too. Returns the exit code. */
export function reportFailure(error: unknown, debug: boolean): number {
  // Commander has printed its own sentence, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  const colors = colorsFor(process.stderr);
  const message = error instanceof Error ? error.message : String(error);
  const lines = [`${colors.red('error:')} ${message.trim()}`];
  const hint =
    error instanceof TidemarkError
      ? error.hint
      : debug
        ? undefined
        : 'Run again with --debug to see the stack trace.';
  if (hint !== undefined) lines.push(`${colors.cyan('hint:')} ${hint}`);
  if (debug) lines.push(...traces(error).map((trace) => colors.dim(trace)));
  process.stderr.write(`${lines.join('\n')}\n`);
  return FAILED;
}

function traces(error: unknown): string[] {
  const found: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    found.push(`${found.length === 0 ? '' : 'caused by '}${at.stack ?? at.message}`);
  }
  return found;
}
