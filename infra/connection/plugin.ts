/** AWS's session-manager-plugin as a child process: it carries the bytes of one session of Systems Manager. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { Socket } from 'node:net';
import { TidemarkError } from '../model/error';
import { lastLines } from '../process/lastLines';
import { TidemarkDatabaseError } from './errors';

const PROGRAM = 'session-manager-plugin';
const INSTALL =
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html';
/** The last version that takes the session only as an argument, which everybody on the machine could read. */
const TOO_OLD = '1.2.497.0';
/** The plugin looks here when its first argument names a variable that begins so. */
const VARIABLE = 'AWS_SSM_START_SESSION_RESPONSE';
const PATIENCE_MILLISECONDS = 30_000;
const GRACE_MILLISECONDS = 3_000;

/** What StartSession answers. The token is a secret: whoever has it is in the session. */
export interface Session {
  readonly SessionId: string;
  readonly StreamUrl: string;
  readonly TokenValue: string;
}

export interface PluginCall {
  readonly session: Session;
  readonly region: string;
  readonly profile: string | undefined;
  /** What StartSession was asked. */
  readonly request: object;
  readonly endpoint: string;
}

/** Throws unless the plugin is installed and new enough. Asked before a session is started, which nobody would end. */
export function requirePlugin(): void {
  const { error, stdout } = spawnSync(PROGRAM, ['--version'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
    timeout: 10_000,
  });
  if (error !== undefined) throw missing(error);
  const version = /\d+(?:\.\d+)+/.exec(stdout)?.[0];
  if (version !== undefined && !isNewer(version, TOO_OLD)) {
    throw new TidemarkError(
      `${PROGRAM} ${version} is too old: it would show the session's token to every user of this machine.`,
      { hint: `Install a version after ${TOO_OLD}: ${INSTALL}` },
    );
  }
}

function missing(cause: Error): Error {
  if ('code' in cause && cause.code === 'ENOENT') {
    return new TidemarkError(`A tunnel through Systems Manager needs ${PROGRAM}, which is not installed.`, {
      hint: `Install it from AWS and check that it is on PATH: ${INSTALL}`,
    });
  }
  return new TidemarkError(`${PROGRAM} cannot be run.`, { cause, hint: `Install it again: ${INSTALL}` });
}

function isNewer(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  for (let index = 0; index < 4; index += 1) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/**
 * Becomes the plugin, beside a watcher that interrupts it as soon as descriptor 3 ends without a word: when we close it,
 * or are gone, whatever ended us. On SIGINT the plugin ends its session, too.
 */
const WITH_WATCHER = '(read -r word <&3 || kill -INT $$) >/dev/null 2>&1 & exec 3<&-; exec "$0" "$@"';
/** Hands on what it says, and goes on reading when we are gone: it speaks before it ends the session, and would die of it. */
const WITH_READER =
  '"$0" "$@" 2>&1 | (exec 3<&-; trap "" INT PIPE; while IFS= read -r line; do printf "%s\\n" "$line"; done) 2>/dev/null';
const SHELL = '/bin/sh';

/** A plugin that carries its session. */
export interface Plugin {
  readonly child: ChildProcess;
  /** On localhost. */
  readonly port: number;
  /** Ends the session and the plugin. */
  end(): void;
}

/** Starts the plugin and returns it once it listens. */
export async function startPlugin(call: PluginCall): Promise<Plugin> {
  const { session, region, profile, request, endpoint } = call;
  const args = [VARIABLE, region, 'StartSession', profile ?? '', JSON.stringify(request), endpoint];
  const { SessionId, StreamUrl, TokenValue } = session;
  const child = spawn(SHELL, ['-c', WITH_READER, SHELL, '-c', WITH_WATCHER, PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // Ctrl-C is for the programs at the terminal, which may need the tunnel to end in good order.
    detached: true,
    // An environment is readable by the same user only, unlike arguments.
    env: { ...process.env, [VARIABLE]: JSON.stringify({ SessionId, StreamUrl, TokenValue }) },
  });
  const watched = child.stdio[3] as Socket;
  watched.on('error', () => undefined);
  // A word, so that the watcher ends and interrupts nobody.
  child.once('exit', () => watched.end('ended\n'));
  const kill = (): void => {
    try {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has just gone by itself.
    }
  };
  const end = (): void => {
    watched.destroy();
    setTimeout(kill, GRACE_MILLISECONDS).unref();
  };
  try {
    return { child, port: await listeningPort(child, session), end };
  } catch (cause) {
    kill();
    throw cause;
  }
}

function listeningPort(child: ChildProcess, { TokenValue, StreamUrl }: Session): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-8_000);
      const port = /Port (\d+) opened/.exec(output)?.[1];
      if (port !== undefined) settle(() => resolve(Number(port)));
    };
    const failed = (why: string): void => {
      const said = lastLines(output).trim().replaceAll(TokenValue, '…').replaceAll(StreamUrl, '…');
      const detail = said === '' ? '' : ` It said: ${said}`;
      const hint =
        'Check that the SSM agent of the instance is recent and that it can reach the database host.';
      // Nobody has seen the database: ECONNRESET would be believed to be the loss of one that was there.
      settle(() => reject(new TidemarkDatabaseError(`${PROGRAM} ${why}.${detail}`, 'ETIMEDOUT', { hint })));
    };
    const timer = setTimeout(() => failed('did not open a port in time'), PATIENCE_MILLISECONDS);
    const settle = (then: () => void): void => {
      clearTimeout(timer);
      for (const stream of [child.stdout, child.stderr]) {
        stream?.off('data', read);
        // Read on, or the plugin would stop at a full pipe.
        stream?.resume();
      }
      then();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (cause) => settle(() => reject(missing(cause))));
    child.once('close', () => failed('ended before it opened a port'));
  });
}
