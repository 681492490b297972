import { Socket } from 'node:net';
import { expect, it, vi } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import { generation } from '../../helpers/database';
import { testServer } from '../../helpers/servers';

it('a session notices when its host is gone without a word, as after a failover', async () => {
  const { url } = await testServer(generation());
  const set = vi.spyOn(Socket.prototype, 'setKeepAlive');
  await withConnection({ url }, async () => undefined);
  expect(set.mock.calls).toEqual([[true, 10_000]]);
  set.mockRestore();
});
