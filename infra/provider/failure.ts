/** Errors as Pulumi's users read them. */
import { TidemarkError } from '../model/error';

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** Without a property, since Pulumi would print that property's whole value before the reason. */
export function failures(problems: readonly string[]): CheckFailure[] {
  return problems.map((reason) => ({ property: '', reason }));
}

/**
 * What is thrown to Pulumi: sentence and hint in one line. Pulumi prints the stack of whatever a provider throws; an
 * expected error shows none, a mistake of ours keeps its own.
 */
export function forUsers(cause: unknown, hint = ''): unknown {
  if (!(cause instanceof TidemarkError)) return cause;
  const error = new Error([cause.message, cause.hint ?? '', hint].filter((part) => part !== '').join(' '));
  error.stack = '';
  return error;
}
