import { existsSync, realpathSync } from 'node:fs';
import { access, constants, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TidemarkError } from '../../model/error';
import { prepareDatabase, withClient, withDatabase } from './database';
import { serverKey } from './home';
import { withLock } from './lock';
import { killAll, postmasterOf, signal, waitUntilGone } from './processes';
import { findPrograms } from './programs';
import { createRoles } from './roles';
import { newState, startServer } from './start';
import { DATABASE, describe, readState, type ServerState, writeState } from './state';
import type { LocalServer, LocalServerOptions } from './types';

export { prepareDatabase } from './database';
export { type Generation, generationOf } from './generations';
export type { LocalServer, LocalServerOptions } from './types';

/**
 * Starts the private server of a directory, creating it first if need be, and returns it. A running server is
 * returned as it is; what an interrupted start or a crash left is repaired.
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const directory = await makeDirectory(options.directory);
  const log = options.log ?? (() => undefined);
  return withLock(directory, async () => {
    const known = await readState(directory);
    refuseOtherGeneration(directory, known, options.generation);
    if (known?.prepared === true && (await answers(directory, known))) return describe(directory, known);

    const programs = await findPrograms(directory, options.generation ?? known?.generation, log);
    let state = known ?? (await newState(directory, programs));
    await writeState(directory, state);
    state = await startServer(
      directory,
      state,
      programs,
      options.settings ?? {},
      options.environment ?? {},
      log,
    );
    if (!state.prepared) {
      log('Preparing roles, database and extensions.');
      const { adminUrl } = describe(directory, state);
      const { password } = state;
      await withClient(withDatabase(adminUrl, 'postgres'), (client) => createRoles(client, password));
      await prepareDatabase(adminUrl, DATABASE, { cron: true });
      state = { ...state, prepared: true };
      await writeState(directory, state);
    }
    return describe(directory, state);
  });
}

/** Stops the server of a directory; one that is not running is no error. Its data stays. */
export async function stopLocalServer(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  const real = realpathSync(directory);
  await withLock(real, async () => {
    const state = await readState(real);
    if (state === null) return;
    const key = serverKey(real);
    const postmaster = postmasterOf(key, describe(real, state).dataDirectory);
    if (postmaster !== null) {
      signal(postmaster, 'SIGINT');
      if (await waitUntilGone(key, 60_000)) return;
      signal(postmaster, 'SIGQUIT');
      if (await waitUntilGone(key, 10_000)) return;
      throw new TidemarkError(`The PostgreSQL in ${real} did not stop within 70 seconds.`, {
        hint: `End process ${postmaster} by hand.`,
      });
    }
    await killAll(key, null);
  });
}

/** The running server of a directory, or null. */
export async function localServerStatus(directory: string): Promise<LocalServer | null> {
  if (!existsSync(directory)) return null;
  const real = realpathSync(directory);
  const state = await readState(real);
  return state?.prepared === true && (await answers(real, state)) ? describe(real, state) : null;
}

/** Ends the postmaster and all its children with SIGKILL, as a power failure would: for crash tests. */
export async function killLocalServer(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  const real = realpathSync(directory);
  const state = await readState(real);
  if (state === null) return;
  const key = serverKey(real);
  await killAll(key, postmasterOf(key, describe(real, state).dataDirectory));
}

async function makeDirectory(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new TidemarkError(`${resolve(directory)} cannot be written by this user.`, {
      cause: error,
      hint: 'Run this as the user who created it, or remove it.',
    });
  }
  return realpathSync(directory);
}

function refuseOtherGeneration(
  directory: string,
  state: ServerState | null,
  wanted: number | undefined,
): void {
  if (state !== null && wanted !== undefined && state.generation !== wanted) {
    throw new TidemarkError(`${directory} holds a PostgreSQL ${state.generation}, not ${wanted}.`, {
      hint: 'Stop it and remove the directory, or use another one.',
    });
  }
}

/** True when the server's own postmaster runs and lets the engine's role in. */
async function answers(directory: string, state: ServerState): Promise<boolean> {
  const { dataDirectory, url } = describe(directory, state);
  if (postmasterOf(serverKey(directory), dataDirectory) === null) return false;
  // "Too many connections" comes from a server that is up and busy.
  return withClient(url, () => Promise.resolve(true)).catch(
    (error: { code?: string }) => error.code === '53300',
  );
}
