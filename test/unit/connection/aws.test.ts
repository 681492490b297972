import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { awsError } from '../../../infra/connection/aws';
import { rdsAuthorities, tlsOf } from '../../../infra/connection/tls';

const CALL = { action: 'ssm:StartSession', target: 'the instance i-1', region: 'eu-central-1' };
const named = (name: string): Error => Object.assign(new Error('token hunter2 of the request'), { name });

describe('an error of AWS', () => {
  it.each([
    [named('CredentialsProviderError'), 'no AWS credentials are found', /AWS_PROFILE/],
    [named('ExpiredTokenException'), 'the AWS credentials have expired', /aws sso login/],
    [named('AccessDeniedException'), 'access is denied', /^Allow ssm:StartSession/],
    [named('InvalidSignatureException'), 'AWS does not accept these credentials', /clock/],
    [named('TargetNotConnected'), 'the instance is not connected to Systems Manager', /SSM agent/],
    [
      Object.assign(new Error('x'), { code: 'ENOTFOUND' }),
      'AWS cannot be reached from this machine',
      /eu-central-1/,
    ],
    [
      new Error('x', { cause: Object.assign(new Error('y'), { code: 'ECONNREFUSED' }) }),
      'AWS cannot be reached',
      /./,
    ],
    [
      new AggregateError([Object.assign(new Error('y'), { code: 'ETIMEDOUT' })]),
      'AWS cannot be reached',
      /./,
    ],
    [named('Throttling'), 'AWS received too many calls', /minute/],
    [named('InternalServerError'), 'AWS answered InternalServerError', /Check that ssm:StartSession/],
    ['hunter2', 'AWS answered with an error', /./],
  ])('%s is one sentence with place and next step', (cause, why, hint) => {
    const error = awsError(cause, CALL);
    expect(error.message).toContain(`ssm:StartSession for the instance i-1 in eu-central-1 failed: ${why}`);
    expect(error.hint).toMatch(hint);
    expect(error.cause).toBeUndefined();
    expect(`${error.stack}${error.hint}`).not.toContain('hunter2');
  });
});

describe('whom a connection trusts', () => {
  const HOST = { database: 'd', user: 'u' };
  const RDS = 'db.c1x2.eu-central-1.rds.amazonaws.com';

  it('is Amazon for hosts of RDS, the system for others, nobody else', () => {
    expect(tlsOf({ ...HOST, host: RDS })).toMatchObject({ rejectUnauthorized: true, ca: rdsAuthorities() });
    expect(rdsAuthorities().length).toBeGreaterThan(80);
    expect(tlsOf({ ...HOST, host: 'db.example' })).not.toHaveProperty('ca');
    expect(tlsOf({ ...HOST, host: '/run/postgresql' })).toBe(false);
  });
});

describe('a connection without AWS', () => {
  it('loads nothing of its SDK, nor of SSH', () => {
    const source = join(__dirname, '../../../infra/connection/connect.ts');
    const compiled = join(__dirname, '../../../dist/infra/connection/connect.js');
    expect(existsSync(source) && existsSync(compiled)).toBe(true);
    const script = `
      const { withConnection } = require(${JSON.stringify(compiled)});
      withConnection({ url: 'postgresql://u@127.0.0.1:1/d' }, () => 0).catch(() => {
        console.log(Object.keys(require.cache).filter((file) => /@aws-sdk|ssh2|socks|ssl-profiles/.test(file)).length);
      });`;
    const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect(stdout).toBe('0\n');
  });
});
