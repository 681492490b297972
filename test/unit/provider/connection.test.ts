import { describe, expect, it } from 'vitest';
import { asConnection, connectionProblems } from '../../../infra/provider/connection';
import { UNKNOWN } from '../../../infra/provider/unknown';

const SECRET = 'hunter2';
const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-1f2a-AbCdEf';
const SSH = { host: 'bastion', user: 'ops', hostKey: `SHA256:${'a'.repeat(43)}` };
const HOST = { host: 'db.example', database: 'app', user: 'tidemark' };

describe('a connection', () => {
  it.each([
    [{ urlEnv: 'DATABASE_URL' }],
    [{ urlFile: '.local/url' }],
    [HOST],
    [
      {
        ...HOST,
        host: '/var/run/postgresql',
        port: 6432,
        passwordEnv: 'PW',
        tls: 'require',
        caFile: 'ca.pem',
      },
    ],
    [{ ...HOST, host: UNKNOWN, port: UNKNOWN }],
    [{ ...HOST, passwordSecret: ARN, region: 'eu-central-1', profile: 'prod', role: 'owner "1"' }],
    [{ ...HOST, passwordSecret: 'prod/db', iam: false }],
    [{ ...HOST, iam: true, region: 'us-gov-west-1', tunnel: { ssm: { instance: 'i-0123456789abcdef0' } } }],
    ...['localhost', 'LOCALHOST', '127.0.0.1', '::1'].map((host): [object] => [
      { ...HOST, host, iam: true, tls: 'disable' },
    ]),
    [{ ...HOST, host: UNKNOWN, iam: true, tls: 'require' }],
    [{ ...HOST, iam: true, tls: UNKNOWN }],
    [{ ...HOST, iam: true, tls: 'verify-full' }],
    [{ ...HOST, tunnel: { ssh: { ...SSH, port: 2222, keyFile: 'id_ed25519' } } }],
    [{ ...HOST, passwordSecret: UNKNOWN, tunnel: UNKNOWN }],
    [{ ...HOST, tunnel: { ssm: UNKNOWN } }],
    [{ ...HOST, tunnel: { ssm: { instance: UNKNOWN } } }],
    [UNKNOWN],
  ])('may be %j', (value) => {
    expect(connectionProblems(value)).toEqual([]);
    expect(asConnection(value)).toBe(value);
  });

  it.each([
    [undefined, /^connection is missing; it must be \{ urlEnv \}/],
    [`postgres://u:${SECRET}@h/d`, /^connection is not a map/],
    [
      { url: `postgres://u:${SECRET}@h/d` },
      /^connection\.url is not allowed, because Pulumi would store it in its state/,
    ],
    [{ ...HOST, password: SECRET }, /^connection\.password is not allowed/],
    [
      { urlEnv: `postgres://u:${SECRET}@h/d` },
      /^connection\.urlEnv must be the name of an environment variable/,
    ],
    [{ urlFile: `postgres://u:${SECRET}@h/d` }, /^connection\.urlFile must be the path of a file/],
    [{ ...HOST, host: `u:${SECRET}@h` }, /^connection\.host must be a host name/],
    [{ host: 'h' }, /^connection lacks database, user/],
    [{ ...HOST, port: '5432' }, /^connection\.port must be a whole number from 1 to 65535/],
    [{ ...HOST, passwordEnv: 'A', passwordFile: 'b' }, /^connection has both/],
    [{ ...HOST, passwordSecret: ARN, iam: true }, /^connection has both passwordSecret and iam; give one/],
    [
      { ...HOST, passwordEnv: 'A', passwordSecret: ARN },
      /^connection has both passwordEnv and passwordSecret/,
    ],
    [{ ...HOST, passwordSecret: `{"password":"${SECRET}"}` }, /^connection\.passwordSecret must be the ARN/],
    [{ ...HOST, iam: 'yes' }, /^connection\.iam must be true or false/],
    ...['db.example', 'localhost.evil.example', '127.evil.example', '127.0.0.1.evil.example'].flatMap(
      (host) =>
        ['disable', 'require'].map((tls): [object, RegExp] => [
          { ...HOST, host, iam: true, tls },
          /^connection\.tls must be verify-full if connection\.iam is true/,
        ]),
    ),
    [{ ...HOST, region: 'Frankfurt' }, /^connection\.region must be the name of an AWS region/],
    [{ ...HOST, role: '' }, /^connection\.role must be the name of a role/],
    [{ ...HOST, tunnel: 'ssm' }, /^connection\.tunnel must be \{ ssm/],
    [{ ...HOST, tunnel: {} }, /^connection\.tunnel must be \{ ssm/],
    [{ ...HOST, tunnel: { ssm: {}, ssh: SSH } }, /^connection\.tunnel must be \{ ssm/],
    [{ ...HOST, tunnel: { ssm: {} } }, /^connection\.tunnel\.ssm lacks instance/],
    [
      { ...HOST, tunnel: { ssm: { instance: 'bastion' } } },
      /^connection\.tunnel\.ssm\.instance must be the id/,
    ],
    [{ ...HOST, tunnel: { ssh: { host: 'b', user: 'u' } } }, /^connection\.tunnel\.ssh lacks hostKey/],
    [
      { ...HOST, tunnel: { ssh: { ...SSH, hostKey: 'MD5:1' } } },
      /^connection\.tunnel\.ssh\.hostKey must be a f/,
    ],
    [
      { ...HOST, tunnel: { ssh: { ...SSH, password: SECRET } } },
      /^connection\.tunnel\.ssh has the key password/,
    ],
    [
      { ...HOST, host: '/run', tunnel: { ssh: SSH } },
      /^connection\.host must be a host name or an address if connection\.tunnel is given/,
    ],
    [{ ...HOST, tls: 'off' }, /^connection\.tls must be verify-full, require or disable/],
    [{ ...HOST, username: SECRET }, /^connection has the key username/],
    [{ urlEnv: 'A', urlFile: 'b' }, /^connection has the key urlFile/],
  ])('may not be %j', (value, message) => {
    const problems = connectionProblems(value);
    expect(problems).toEqual([expect.stringMatching(message)]);
    expect(problems.join()).not.toContain(SECRET);
    expect(() => asConnection(value)).toThrow(message);
  });
});
