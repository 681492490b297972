/** An SSH connection to a bastion that forwards to databases. Its host key is checked against a fingerprint given. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client, ConnectConfig } from 'ssh2';
import type { Tunnel } from '../../plan/connection';
import { TidemarkError } from '../../plan/error';
import { TidemarkDatabaseError } from '../errors';
import type { Link, Target } from './links';

export type SshWay = Extract<Tunnel, { readonly ssh: unknown }>['ssh'];

const READY_MILLISECONDS = 20_000;
const KEEP_ALIVE_MILLISECONDS = 30_000;

/** As `ssh-keygen -lf` prints it. */
function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function same(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b.replace(/=+$/, ''))];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** What to log in with: the key file, else the agent. */
function identity({ keyFile, host }: SshWay): ConnectConfig {
  if (keyFile !== undefined) {
    try {
      return { privateKey: readFileSync(keyFile) };
    } catch (cause) {
      throw new TidemarkError(`The key file ${keyFile} of the tunnel through ${host} cannot be read.`, {
        cause,
      });
    }
  }
  const agent = process.env['SSH_AUTH_SOCK'];
  if (agent === undefined || agent === '') {
    throw new TidemarkError(
      `The tunnel through ${host} has no key: no agent runs (SSH_AUTH_SOCK is not set).`,
      {
        hint: 'Start an agent and add your key (ssh-add), or give tunnel.ssh.keyFile.',
      },
    );
  }
  return { agent };
}

/** Logs in at the bastion. */
export async function openSsh(way: SshWay): Promise<Link> {
  const { host, port = 22, user, hostKey } = way;
  const { Client: Ssh } = require('ssh2') as typeof import('ssh2');
  // A socket of our own, since only a socket can be told not to keep the process.
  const sock = connect({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MILLISECONDS,
  });
  const client = new Ssh();
  let shown: string | undefined;
  const config: ConnectConfig = {
    ...identity(way),
    sock,
    username: user,
    readyTimeout: READY_MILLISECONDS,
    hostVerifier: (key: Buffer): boolean => {
      shown = fingerprint(key);
      return same(shown, hostKey);
    },
  };
  return new Promise<Link>((resolve, reject) => {
    const fail = (cause: Error): void => {
      sock.destroy();
      client.end();
      reject(sshError(cause, way, shown));
    };
    sock.once('error', fail);
    client.once('error', fail);
    client.once('ready', () => {
      sock.off('error', fail);
      client.off('error', fail);
      resolve(new SshLink(client, sock, host));
    });
    try {
      client.connect(config);
    } catch (cause) {
      fail(cause as Error);
    }
  });
}

function sshError(
  cause: Error,
  { host, port = 22, user, hostKey }: SshWay,
  shown: string | undefined,
): Error {
  const place = `${user}@${host}:${port}`;
  const told = (message: string, hint: string): Error => new TidemarkError(message, { cause, hint });
  if (shown !== undefined && !same(shown, hostKey)) {
    return told(
      `The SSH host ${host} shows the key ${shown}, not ${hostKey}: it may be another machine.`,
      `If you know that its key has changed, put the new fingerprint into tunnel.ssh.hostKey (ssh-keyscan -p ${port} ${host} | ssh-keygen -lf -).`,
    );
  }
  if (/authentication methods failed/i.test(cause.message)) {
    return told(
      `The SSH host refused the login ${place}.`,
      'Check user and key, and that the agent holds the key (ssh-add -l).',
    );
  }
  if (/privateKey|passphrase|encrypted/i.test(cause.message)) {
    return told(
      `The key file of the tunnel through ${host} cannot be used: it has a passphrase, or is no private key.`,
      'Add the key to an agent (ssh-add) and leave tunnel.ssh.keyFile out.',
    );
  }
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : 'ETIMEDOUT';
  return new TidemarkDatabaseError(`The SSH host ${host}:${port} cannot be reached (${code}).`, code, {
    cause,
    hint: 'Check tunnel.ssh.host and tunnel.ssh.port, and that this machine may reach them.',
  });
}

class SshLink implements Link {
  closed = false;

  constructor(
    private readonly client: Client,
    private readonly sock: Socket,
    private readonly host: string,
  ) {
    const ended = (): void => {
      this.closed = true;
    };
    client.on('error', ended);
    client.once('close', ended);
    sock.on('error', ended);
  }

  dial({ host, port }: Target): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      this.client.forwardOut('127.0.0.1', 0, host, port, (cause, stream) => {
        if (cause === undefined) return resolve(stream);
        const message = `The SSH host ${this.host} cannot connect to ${host}:${port}.`;
        const hint =
          'Check that it can reach the database, and that its configuration allows TCP forwarding.';
        reject(new TidemarkDatabaseError(message, 'ECONNREFUSED', { cause, hint }));
      });
    });
  }

  hold(used: boolean): void {
    if (used) this.sock.ref();
    else this.sock.unref();
  }

  close(): void {
    this.closed = true;
    this.client.destroy();
  }
}
