/** What becomes of answers that RDS seldom gives. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { describeMembers, reboot } from '../../../infra/provider/rds';

const CLUSTER = { cluster: 'metrics', region: 'eu-central-1' };
let rds: Server;
let calls: string[];
let answer: (action: string, response: ServerResponse) => void;

beforeEach(async () => {
  calls = [];
  rds = createServer((request: IncomingMessage, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const action = new URLSearchParams(text).get('Action') ?? '';
      calls.push(action);
      answer(action, response);
    });
  });
  await new Promise<void>((resolve) => rds.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(rds.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'testing');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'testing');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  rds.closeAllConnections();
  rds.close();
});

const refuse = (response: ServerResponse, code: string): void => {
  response.statusCode = 400;
  response.end(`<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code></Error></ErrorResponse>`);
};

it('a reboot that AWS turns away as one call too many is asked for again, as from a busy instance', async () => {
  answer = (_action, response) => refuse(response, 'Throttling');
  expect(await reboot(CLUSTER, 'a')).toBe(false);
  expect(calls).toEqual(['RebootDBInstance']);
});

it('a right that is missing is named as the one that is missing', async () => {
  answer = (_action, response) => refuse(response, 'AccessDenied');
  await expect(describeMembers(CLUSTER)).rejects.toMatchObject({
    message: 'rds:DescribeDBClusters for cluster metrics in eu-central-1 failed: access is denied.',
    hint: expect.stringMatching(/^Allow rds:DescribeDBClusters /),
  });
});

it('an endpoint that says nothing is not waited for without end', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const asked = new Promise<void>((resolve) => {
    answer = () => resolve();
  });
  const told = reboot(CLUSTER, 'a').then(
    () => 'rebooted',
    (error: Error) => error.message,
  );
  await asked;
  vi.advanceTimersByTime(70_000);
  vi.useRealTimers();
  expect(await told).toMatch(
    /^rds:RebootDBInstance for cluster metrics .* AWS cannot be reached from this machine\.$/,
  );
});
