import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostConnection } from '../../../infra/connection/connection';
import { isRdsHost, regionOf } from '../../../infra/connection/region';
import { iamToken } from '../../../infra/connection/token';

const HOST = 'db.c1x2.eu-central-1.rds.amazonaws.com';
const connection = (more: Partial<HostConnection> = {}): HostConnection => ({
  host: HOST,
  database: 'metrics',
  user: 'tidemark_deploy',
  iam: true,
  ...more,
});

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'hunter2-key');
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

describe('the region of a connection', () => {
  const ARN = 'arn:aws:secretsmanager:us-east-2:123456789012:secret:rds!db-1-AbCdEf';

  it.each([
    [connection({ region: 'eu-west-1', passwordSecret: ARN }), 'eu-west-1'],
    [connection({ passwordSecret: ARN }), 'us-east-2'],
    [connection({ passwordSecret: 'by-name' }), 'eu-central-1'],
    [connection({ host: 'c.cluster-ro-x.US-GOV-WEST-1.RDS.amazonaws.com.' }), 'us-gov-west-1'],
    [connection({ host: 'db.x.rds.cn-north-1.amazonaws.com.cn' }), 'cn-north-1'],
    [connection({ host: 'db.x.cn-northwest-1.rds.amazonaws.com.cn' }), 'cn-northwest-1'],
  ])('of %j is %s', (given, region) => {
    expect(regionOf(given)).toBe(region);
  });

  it('is the environment’s where nothing else names it, and else asked for', () => {
    const given = connection({ host: '10.0.0.1' });
    expect(() => regionOf(given)).toThrow('The AWS region for the connection to 10.0.0.1 is not known.');
    vi.stubEnv('AWS_DEFAULT_REGION', 'sa-east-1');
    expect(regionOf(given)).toBe('sa-east-1');
    vi.stubEnv('AWS_REGION', 'ca-central-1');
    expect(regionOf(given)).toBe('ca-central-1');
  });

  it('belongs to hosts of Amazon only', () => {
    expect(isRdsHost(HOST)).toBe(true);
    for (const host of ['db.example', `${HOST}.example`, 'rds.amazonaws.com', 'evil-rds.amazonaws.com']) {
      expect(isRdsHost(host)).toBe(false);
    }
  });
});

describe('an IAM token', () => {
  it('is signed for host, port and user, and valid for 15 minutes', async () => {
    const token = await iamToken(connection({ port: 6432 }));
    // It has no scheme: that is how RDS takes it.
    expect(token).toMatch(new RegExp(`^${HOST}:6432/\\?`));
    const { searchParams } = new URL(`https://${token}`);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      Action: 'connect',
      DBUser: 'tidemark_deploy',
      'X-Amz-Expires': '900',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': expect.stringMatching(
        /^AKIDEXAMPLE\/\d{8}\/eu-central-1\/rds-db\/aws4_request$/,
      ) as string,
    });
    expect(token).not.toContain('hunter2');
  });

  it('is another one for each connect', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const first = await iamToken(connection());
    vi.setSystemTime(Date.now() + 20 * 60_000);
    const second = await iamToken(connection());
    expect(second).not.toBe(first);
    const date = (token: string) => new URL(`https://${token}`).searchParams.get('X-Amz-Date');
    expect(date(second)).not.toBe(date(first));
  });

  it('of a profile that does not exist is told', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    await expect(iamToken(connection({ profile: 'absent' }))).rejects.toMatchObject({
      message: `rds-db:connect for tidemark_deploy at ${HOST} in eu-central-1 failed: no AWS credentials are found.`,
    });
  });
});
