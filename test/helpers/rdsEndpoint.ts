/** An endpoint of RDS that answers as a test says: its calls, which this process makes there from now on, are queries, its answers XML. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

/** @returns What closes it again; the environment is for the test to restore. */
export async function rdsEndpoint(
  answer: (query: URLSearchParams, response: ServerResponse) => void,
): Promise<() => void> {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => answer(new URLSearchParams(text), response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'testing');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'testing');
  return () => {
    server.closeAllConnections();
    server.close();
  };
}
