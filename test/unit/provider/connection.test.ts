import { describe, expect, it } from 'vitest';
import { asConnection, connectionProblems } from '../../../infra/provider/connection';
import { UNKNOWN } from '../../../infra/provider/unknown';

const SECRET = 'hunter2';
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
      /^connection\.url is not allowed, because the state would keep it/,
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
