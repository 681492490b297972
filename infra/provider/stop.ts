import { RunError } from '@pulumi/pulumi';

/**
 * What ends a program with one sentence. Pulumi prints no stack of it, but formats one all the same, and of a program that
 * fails early that takes Node half a minute (one frame's text is the whole of a bundled file): so there is none.
 */
export function stop(message: string): RunError {
  const error = new RunError(message);
  error.stack = message;
  return error;
}
