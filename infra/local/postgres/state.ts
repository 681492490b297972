import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TidemarkError } from '../../model/error';
import type { LocalServer } from './types';

/** What is remembered of a server: `server.json`, readable by its owner only, because it holds the passwords. */
const ServerState = z.strictObject({
  generation: z.number().int(),
  port: z.number().int(),
  /** Directory of data and log when it is not the server's own directory. */
  outside: z.string().nullable(),
  adminPassword: z.string(),
  password: z.string(),
  /** Roles and database are there; until then a start makes them. */
  prepared: z.boolean(),
});
export type ServerState = z.infer<typeof ServerState>;

/** The local stand-ins for RDS's own superuser and for the login that a user of RDS has. */
export const ADMIN_ROLE = 'rdsadmin';
export const ENGINE_ROLE = 'tidemark';
export const DATABASE = 'tidemark';

function statePath(directory: string): string {
  return join(directory, 'server.json');
}

/** A password without a character that a URL, a shell or SQL would treat specially. */
export function newPassword(): string {
  return randomBytes(24).toString('hex');
}

/** Reads server.json; null when there is none. */
export async function readState(directory: string): Promise<ServerState | null> {
  let text: string;
  try {
    text = await readFile(statePath(directory), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new TidemarkError(`${statePath(directory)} cannot be read.`, {
      cause: error,
      hint: 'The server belongs to the user who started it first: use that user, or another directory.',
    });
  }
  try {
    return ServerState.parse(JSON.parse(text));
  } catch {
    // The cause is left out: its text could quote the passwords.
    throw new TidemarkError(`${statePath(directory)} is damaged.`, {
      hint: `Remove ${directory} to start over with an empty server.`,
    });
  }
}

/** Writes server.json in one step, so that an interruption leaves the old or the new one. */
export async function writeState(directory: string, state: ServerState): Promise<void> {
  await mkdir(directory, { recursive: true });
  const temporary = `${statePath(directory)}.${process.pid}.new`;
  await writeFile(temporary, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, statePath(directory));
}

/** Directory of data and log. */
export function homeOf(directory: string, state: ServerState): string {
  return state.outside ?? directory;
}

/** The public description of a server. */
export function describe(directory: string, state: ServerState): LocalServer {
  const at = `127.0.0.1:${state.port}`;
  return {
    generation: state.generation,
    port: state.port,
    dataDirectory: join(homeOf(directory, state), 'data'),
    database: DATABASE,
    url: `postgresql://${ENGINE_ROLE}:${state.password}@${at}/${DATABASE}`,
    adminUrl: `postgresql://${ADMIN_ROLE}:${state.adminPassword}@${at}/${DATABASE}`,
  };
}
