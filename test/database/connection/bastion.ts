/** An SSH server that lets one key in and forwards, whatever host is asked for, to one port of this machine. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { type Connection, Server, utils } from 'ssh2';
import { sshKey } from '../../helpers/sshKey';

export interface Bastion {
  readonly port: number;
  readonly hostKey: string;
  /** Key file of the user `ops`. */
  readonly keyFile: string;
  /** A key file that needs a passphrase. */
  readonly lockedKeyFile: string;
  /** Hosts and ports that forwards were asked to. */
  readonly asked: string[];
  /** How often somebody has logged in. */
  logins(): number;
  /** Ends all connections, as a failing network would. */
  cut(): void;
  stop(): void;
}

export async function startBastion(folder: string, forwardTo: () => number): Promise<Bastion> {
  const host = sshKey();
  const user = sshKey();
  const locked = sshKey({ passphrase: 'x', cipher: 'aes256-ctr', rounds: 2 });
  const [keyFile, lockedKeyFile] = [join(folder, 'id'), join(folder, 'locked')];
  writeFileSync(keyFile, user.private, { mode: 0o600 });
  writeFileSync(lockedKeyFile, locked.private, { mode: 0o600 });
  const allowed = utils.parseKey(user.public);
  if (allowed instanceof Error) throw allowed;
  const asked: string[] = [];
  const open = new Set<Connection>();
  let logins = 0;
  const server = new Server({ hostKeys: [host.private] }, (client) => {
    open.add(client);
    client.on('error', () => undefined);
    client.on('close', () => open.delete(client));
    client.on('authentication', (context) => {
      const known =
        context.method === 'publickey' &&
        context.username === 'ops' &&
        context.key.data.equals(allowed.getPublicSSH());
      if (known) context.accept();
      else context.reject(['publickey']);
    });
    client.on('ready', () => {
      logins += 1;
    });
    client.on('tcpip', (accept, reject, info) => {
      asked.push(`${info.destIP}:${info.destPort}`);
      if (info.destIP === 'nowhere.test') return reject();
      // As sshd does while a firewall drops what it sends there.
      if (info.destIP === 'silent.test') return;
      const stream = accept();
      const socket = connect({ host: '127.0.0.1', port: forwardTo() });
      socket.on('error', () => stream.end());
      stream.on('error', () => socket.destroy());
      stream.pipe(socket).pipe(stream);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const [, data = ''] = host.public.split(' ');
  const digest = createHash('sha256').update(Buffer.from(data, 'base64')).digest('base64');
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: `SHA256:${digest.replace(/=+$/, '')}`,
    keyFile,
    lockedKeyFile,
    asked,
    logins: () => logins,
    cut: () => {
      for (const client of open) client.end();
    },
    stop: () => {
      server.close();
      for (const client of open) client.end();
    },
  };
}
