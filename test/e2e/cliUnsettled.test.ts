import { rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sshKey } from '../helpers/sshKey';
import { folder, tidemark } from './cliRun';

const DATABASE_URL = 'postgresql://u:secret@127.0.0.1:1/x';
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a command whose work comes to nothing', () => {
  it('has failed where an SSH host greets and leaves', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).end('SSH-2.0-x\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const [keyFile, file] = [join(folder, 'id'), join(folder, 'connection.json')];
    writeFileSync(keyFile, sshKey().private, { mode: 0o600 });
    const ssh = { host: '127.0.0.1', port, user: 'ops', hostKey: `SHA256:${'A'.repeat(43)}`, keyFile };
    const connection = { host: 'db.internal', database: 'd', user: 'u', passwordEnv: 'PW', tunnel: { ssh } };
    writeFileSync(file, JSON.stringify(connection));
    for (const args of [['status'], ['audit', '--all']]) {
      const ended = await tidemark([...args, '--connection', file], { PW: 'x' });
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toMatch(/^error: The SSH host 127\.0\.0\.1:\d+ did not answer as an SSH server/);
    }
    server.close();
  });

  it('has failed where nothing is left that could finish it', async () => {
    const never = join(folder, 'never.cjs');
    const pg = JSON.stringify(require.resolve('pg'));
    writeFileSync(never, `require(${pg}).Client.prototype.connect = () => new Promise(() => undefined);`);
    for (const args of [['status'], ['audit', '--all'], ['status', '--format', 'json', '--debug']]) {
      const ended = await tidemark(args, { DATABASE_URL, NODE_OPTIONS: `--require ${never}` });
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toMatch(
        /^error: tidemark stopped before the command was finished, because nothing was left to wait for\./,
      );
    }
  });
});
