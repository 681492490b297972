/** An SSH connection to a bastion that forwards to databases. Its host key is checked against a fingerprint given. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { ConnectConfig } from 'ssh2';
import { TidemarkError } from '../model/error';
import type { Tunnel } from './connection';
import type { Link } from './links';
import { sshError } from './sshError';
import { SshLink } from './sshLink';

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
      `The tunnel through ${host} has no key, because no SSH agent runs (SSH_AUTH_SOCK is not set).`,
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
  // Before there is a socket: what is missing on this machine is told, and nothing is left behind.
  const login = identity(way);
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
  // One failure often brings another (a lost connection after the reset): without a listener it would end the process.
  client.on('error', () => undefined);
  sock.on('error', () => undefined);
  let otherKey: string | undefined;
  const config: ConnectConfig = {
    ...login,
    sock,
    username: user,
    readyTimeout: READY_MILLISECONDS,
    hostVerifier: (key: Buffer): boolean => {
      const shown = fingerprint(key);
      const known = same(shown, hostKey);
      if (!known) otherKey = shown;
      return known;
    },
  };
  return new Promise<Link>((resolve, reject) => {
    const fail = (cause: Error): void => {
      sock.destroy();
      client.end();
      reject(sshError(cause, way, otherKey));
    };
    // After the greeting the library takes a far end that leaves for no error. Where there is one, it comes before this.
    const lost = (): void => fail(new Error('Connection lost before it was ready'));
    sock.once('error', fail);
    client.once('error', fail);
    client.once('close', lost);
    client.once('ready', () => {
      sock.off('error', fail);
      client.off('error', fail);
      client.off('close', lost);
      resolve(new SshLink(client, sock, host));
    });
    try {
      client.connect(config);
    } catch (cause) {
      fail(cause as Error);
    }
  });
}
