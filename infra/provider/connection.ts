/** Checks what a program gives as connection, of which a preview does not know all parts. */
import type { Connection } from '../connection/connection';
import * as rules from '../connection/rules';
import { UNKNOWN } from './unknown';

const isUnknown = (value: unknown): boolean => value === UNKNOWN;

/** What is wrong with a connection, one sentence each; what is unknown so far is not judged. */
export function connectionProblems(value: unknown): readonly string[] {
  return rules.connectionProblems(value, isUnknown);
}

/** The connection of checked inputs or of a state. */
export function asConnection(value: unknown): Connection {
  return rules.requireConnection(value, isUnknown);
}
