import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TidemarkError } from '../../model/error';
import { clusterExists, configureCluster, createCluster, removePartial } from './cluster';
import { chooseHome, ownerOf, serverAccount, serverKey } from './home';
import { launch } from './launch';
import { freePort, isFree } from './port';
import { anyProcess, killAll, postmasterOf } from './processes';
import { describe, homeOf, newPassword, type ServerState, writeState } from './state';
import type { Log, Programs } from './types';

/** What to remember of a server that does not exist yet. */
export async function newState(directory: string, programs: Programs): Promise<ServerState> {
  const home = await chooseHome(directory, programs, await serverAccount());
  // Data outside has lost its owner when the directory that names it was removed: that is how one starts over.
  if (home !== directory) {
    await killAll(serverKey(directory), null);
    await rm(join(home, 'data'), { recursive: true, force: true });
  }
  if (clusterExists(home)) {
    throw new TidemarkError(
      `${home} has data but ${join(directory, 'server.json')}, which holds its passwords, does not exist.`,
      {
        hint: 'Restore that file, or remove the directory to start over with an empty server.',
      },
    );
  }
  return {
    generation: programs.generation,
    port: await freePort(),
    outside: home === directory ? null : home,
    adminPassword: newPassword(),
    password: newPassword(),
    prepared: false,
  };
}

/** Starts the server with the remembered port and passwords, creating its data first if need be, and returns what changed. */
export async function startServer(
  directory: string,
  state: ServerState,
  programs: Programs,
  settings: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
  log: Log,
): Promise<ServerState> {
  const home = homeOf(directory, state);
  const key = serverKey(directory);
  const dataDirectory = join(home, 'data');
  if (!clusterExists(home)) {
    // A server whose data was removed under it can still be running.
    await killAll(key, null);
    log(`Creating a PostgreSQL ${programs.generation} server in ${home}.`);
    await mkdir(home, { recursive: true });
    await createCluster(programs, home, await serverAccount(), state.adminPassword);
  }
  await removePartial(home);
  const account = ownerOf(dataDirectory);
  let current = state;
  for (let attempts = 0; ; attempts += 1) {
    // Children that outlived their postmaster hold its shared memory: a new one would refuse to start.
    if (anyProcess(key) && postmasterOf(key, dataDirectory) === null) await killAll(key, null);
    const running = postmasterOf(key, dataDirectory) !== null;
    if (!running && (attempts > 0 || !(await isFree(current.port)))) {
      current = { ...current, port: await freePort() };
      await writeState(directory, current);
    }
    if (!running) await configureCluster(home, account, current.port, settings);
    const outcome = await launch({
      programs,
      home,
      account,
      key,
      running,
      adminUrl: describe(directory, current).adminUrl,
      environment,
    });
    if (outcome === 'ready') return current;
    if (attempts === 5) {
      throw new TidemarkError('No free port could be found for the local PostgreSQL.', {
        hint: 'Run it again.',
      });
    }
  }
}
