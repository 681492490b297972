import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TidemarkError } from '../../model/error';
import { plainEnvironment } from '../../process/command';
import { lastLines } from '../../process/lastLines';
import { withClient, withDatabase } from './database';
import { invocation, seenFromInside } from './invocation';
import { postmasterOf } from './processes';
import type { Account, Programs } from './types';

export interface Launch {
  readonly programs: Programs;
  readonly home: string;
  readonly account: Account;
  readonly key: string;
  /** The postmaster runs already and is only waited for. */
  readonly running: boolean;
  readonly adminUrl: string;
  /** For the server's own environment, beside the plain one. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Recovery after a crash replays up to max_wal_size, which takes a while on a slow disk. */
const PATIENCE_MILLISECONDS = 300_000;

/** Starts the postmaster unless it runs, and waits until it lets clients in. */
export async function launch(options: Launch): Promise<'ready' | 'port-taken'> {
  const { programs, home, account, key } = options;
  const logFile = join(home, 'server.log');
  const log = openSync(logFile, 'a', 0o600);
  const logStart = fstatSync(log).size;
  let ended = false;
  if (!options.running) {
    // Left by a crash. Its process id may be another program's by now, which PostgreSQL would take for a live server.
    rmSync(join(home, 'data', 'postmaster.pid'), { force: true });
    const command = invocation(programs, home, account, 'postgres', [
      '-D',
      `${seenFromInside(programs, home)}/data`,
      '-c',
      `cluster_name=${key}`,
    ]);
    const child = spawn(command.file, command.args, {
      detached: true,
      cwd: '/',
      stdio: ['ignore', log, log],
      env: { ...(command.environment ?? plainEnvironment()), ...options.environment },
      ...(command.uid === undefined ? {} : { uid: command.uid }),
      ...(command.gid === undefined ? {} : { gid: command.gid }),
    });
    child.on('error', () => (ended = true));
    child.on('exit', () => (ended = true));
    child.unref();
  }
  closeSync(log);

  const end = Date.now() + PATIENCE_MILLISECONDS;
  const url = withDatabase(options.adminUrl, 'postgres');
  for (;;) {
    const refusal = await withClient(url, () => Promise.resolve(null)).catch(
      (error: unknown) => error as { code?: string },
    );
    if (refusal === null) return 'ready';
    const said = readFileSync(logFile).subarray(logStart).toString('utf8');
    if (refusal.code === '28P01') {
      throw new TidemarkError(`The PostgreSQL in ${home} does not accept the password of server.json.`, {
        hint: 'Restore that file, or stop the server and remove the directory to start over.',
      });
    }
    const gone = options.running ? postmasterOf(key, join(home, 'data')) === null : ended;
    if (gone && /Address already in use/.test(said)) return 'port-taken';
    if (gone || Date.now() > end) {
      throw new TidemarkError(`The local PostgreSQL did not start; its log is ${logFile}.`, {
        hint: lastLines(said, 6),
      });
    }
    await sleep(50);
  }
}
