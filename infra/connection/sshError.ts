/** What goes wrong on the way through an SSH host, told in one sentence. */
import { TidemarkError } from '../model/error';
import { TidemarkDatabaseError } from './errors';
import type { SshWay } from './ssh';

/** @param otherKey The key that the host has shown, where it is not the one expected. */
export function sshError(
  cause: Error,
  { host, port = 22, user, hostKey }: SshWay,
  otherKey: string | undefined,
): Error {
  const told = (message: string, hint: string): Error => new TidemarkError(message, { cause, hint });
  if (otherKey !== undefined) {
    return told(
      `The SSH host ${host} has the key ${otherKey} instead of ${hostKey}: it may be another machine.`,
      `If you know that its key has changed, put the new fingerprint into tunnel.ssh.hostKey (ssh-keyscan -p ${port} ${host} | ssh-keygen -lf -).`,
    );
  }
  if ('level' in cause && cause.level === 'agent') {
    return told(
      'The SSH agent at SSH_AUTH_SOCK offers no key.',
      'Start an agent and add your key (ssh-add), or give tunnel.ssh.keyFile.',
    );
  }
  if (/authentication methods failed/i.test(cause.message)) {
    return told(
      `The SSH host refused the login ${user}@${host}:${port}.`,
      'Check the user and the key, and check that the agent has the key (ssh-add -l).',
    );
  }
  if (/privateKey|passphrase|encrypted/i.test(cause.message)) {
    return told(
      `The key file of the tunnel through ${host} cannot be used: it has a passphrase, or it is not a private key.`,
      'Add the key to an agent (ssh-add) and leave tunnel.ssh.keyFile out.',
    );
  }
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  const hint = 'Check tunnel.ssh.host and tunnel.ssh.port, and check that this machine can reach them.';
  // To those who wait for a failover, a host that resets before it lets us in was never there: it may be another server.
  const state = code === undefined || code === 'ECONNRESET' || code === 'EPIPE' ? 'ETIMEDOUT' : code;
  if (code !== undefined) {
    const message = `The SSH host ${host}:${port} cannot be reached (${code}).`;
    return new TidemarkDatabaseError(message, state, { cause, hint });
  }
  // The library's own words; a text of the far end could be anything.
  const why = /^[\w ,.:'-]{1,100}$/.test(cause.message) ? ` (${cause.message})` : '';
  const message = `The SSH host ${host}:${port} did not answer as an SSH server${why}.`;
  return new TidemarkDatabaseError(message, state, { cause, hint });
}
