/** The password of a connection at the time of a connect, from where the connection says. */
import { readFileSync } from 'node:fs';
import { TidemarkError } from '../model/error';
import type { HostConnection } from './connection';
import { secretPassword } from './secret';
import { iamToken } from './token';

/** The value of an environment variable that a connection names. */
export function environmentValue(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new TidemarkError(`The connection reads the environment variable ${name}, but it is not set.`, {
      hint: `Export ${name} before running pulumi or tidemark.`,
    });
  }
  return value;
}

/** The trimmed text of a file that a connection names. */
export function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new TidemarkError(`The connection reads the file ${path}, but the file cannot be read.`, { cause });
  }
}

/**
 * The password to log in with; undefined where the connection names none.
 * @param fresh true: not one that is kept from an earlier connect.
 */
export async function passwordOf(connection: HostConnection, fresh = false): Promise<string | undefined> {
  const { passwordEnv, passwordFile, passwordSecret, iam } = connection;
  if (passwordEnv !== undefined) return environmentValue(passwordEnv);
  if (passwordFile !== undefined) return fileText(passwordFile);
  if (passwordSecret !== undefined) return secretPassword(connection, passwordSecret, fresh);
  return iam === true ? iamToken(connection) : undefined;
}
