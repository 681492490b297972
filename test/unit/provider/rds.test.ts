/** What becomes of answers that RDS seldom gives. */
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { describeMembers, reboot } from '../../../infra/provider/rds';
import { rdsEndpoint } from '../../helpers/rdsEndpoint';

const CLUSTER = { cluster: 'metrics', region: 'eu-central-1' };
let close: () => void;
let calls: string[];
let answer: (action: string, response: ServerResponse) => void;

beforeEach(async () => {
  calls = [];
  close = await rdsEndpoint((query, response) => {
    const action = query.get('Action') ?? '';
    calls.push(action);
    answer(action, response);
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  close();
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
