/** What a connection may look like. No message repeats a value: it may be a password in the wrong place. */
import type { Connection } from './connection';

const FORMS =
  'it must be { urlEnv }, { urlFile }, or { host, database, user } with, optionally, port, passwordEnv, passwordFile, passwordSecret or iam, region, profile, tls, caFile, role and tunnel';

const URL_HINT =
  'Pulumi would store it in its state. Put the URL into an environment variable or a file and give the name as urlEnv or urlFile';

interface Rule {
  readonly allowed: string;
  readonly test: (value: unknown) => boolean;
}
type Rules = Readonly<Record<string, Rule>>;
type Fields = Readonly<Record<string, unknown>>;

const text = (allowed: string, form: RegExp): Rule => ({
  allowed,
  test: (value) => typeof value === 'string' && form.test(value),
});

const VARIABLE = text('the name of an environment variable', /^[A-Za-z_][A-Za-z0-9_]*$/);
// A URL is no path, though a system would take it for one.
const FILE = text('the path of a file', /^(?!\w+:\/\/)[^\0\n]+$/);
const NAME = text('a name', /^[^\0\n]+$/);
const HOST = text('a host name, an address or the directory of a socket', /^[^\s@?]+$/);
const PORT: Rule = {
  allowed: 'a whole number from 1 to 65535',
  test: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535,
};

const HOST_FORM: Rules = {
  host: HOST,
  port: PORT,
  database: NAME,
  user: NAME,
  passwordEnv: VARIABLE,
  passwordFile: FILE,
  passwordSecret: text(
    'the ARN or the name of a secret in Secrets Manager, not its value',
    /^(arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:)?[\w/+=.@!-]{1,520}$/,
  ),
  iam: { allowed: 'true or false', test: (value) => typeof value === 'boolean' },
  region: text('the name of an AWS region, such as eu-central-1', /^[a-z]{2}(-[a-z]+)+-\d+$/),
  profile: NAME,
  tls: text('verify-full, require or disable', /^(verify-full|require|disable)$/),
  caFile: FILE,
  role: text('the name of a role', /^[^\0\n]{1,63}$/),
};
const THIS_MACHINE = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;
const URL_FORMS: Rules = { urlEnv: VARIABLE, urlFile: FILE };
const CREDENTIALS = ['passwordEnv', 'passwordFile', 'passwordSecret', 'iam'];

const SSM_FORM: Rules = {
  instance: text('the id of an EC2 or managed instance', /^m?i-[0-9a-f]{8,17}$/),
};
const SSH_FORM: Rules = {
  host: text('a host name or an address', /^[^\s@?/]+$/),
  port: PORT,
  user: NAME,
  keyFile: FILE,
  hostKey: text('a fingerprint, SHA256:… as `ssh-keygen -lf` prints it', /^SHA256:[A-Za-z0-9+/]{43}=?$/),
};

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Judges the members of a map; what is unknown so far passes. */
class Judge {
  constructor(private readonly unknown: (value: unknown) => boolean) {}

  members(place: string, value: Fields, rules: Rules): readonly string[] {
    return Object.entries(value).flatMap(([key, item]) => {
      const rule = rules[key];
      if (rule === undefined || this.unknown(item) || rule.test(item)) return [];
      return [`${place}.${key} must be ${rule.allowed}.`];
    });
  }

  /** A map with these keys and no others. */
  map(place: string, value: unknown, rules: Rules, required: readonly string[]): readonly string[] {
    const form = `it has ${Object.keys(rules).join(', ')}`;
    if (this.unknown(value)) return [];
    if (!isMap(value)) return [`${place} is not a map; ${form}.`];
    const others = Object.keys(value).filter((key) => !(key in rules));
    if (others.length > 0) return [`${place} has the key ${others.join(', ')}; ${form}.`];
    const missing = required.filter((key) => !(key in value));
    if (missing.length > 0) return [`${place} lacks ${missing.join(', ')}; ${form}.`];
    return this.members(place, value, rules);
  }

  tunnel(value: unknown): readonly string[] {
    if (value === undefined || this.unknown(value)) return [];
    const keys = isMap(value) ? Object.keys(value) : [];
    if (isMap(value) && keys.join() === 'ssm') {
      return this.map('connection.tunnel.ssm', value['ssm'], SSM_FORM, ['instance']);
    }
    if (isMap(value) && keys.join() === 'ssh') {
      return this.map('connection.tunnel.ssh', value['ssh'], SSH_FORM, ['host', 'user', 'hostKey']);
    }
    return ['connection.tunnel must be { ssm: { instance } } or { ssh: { host, user, hostKey } }.'];
  }

  host(value: Fields): readonly string[] {
    const given = CREDENTIALS.filter((key) => key in value && value[key] !== false);
    if (given.length > 1) return [`connection has both ${given.join(' and ')}; give one of them.`];
    const { iam, tls, host, tunnel } = value;
    // To itself this machine may talk in plain text; elsewhere whoever answers would hold a valid token.
    const lenient = tls === 'disable' || tls === 'require';
    if (iam === true && lenient && !this.unknown(host) && !THIS_MACHINE.test(String(host))) {
      return [
        'connection.tls must be verify-full if connection.iam is true; otherwise the token could be sent to another server.',
      ];
    }
    if (tunnel !== undefined && typeof host === 'string' && host.startsWith('/')) {
      return ['connection.host must be a host name or an address if connection.tunnel is given.'];
    }
    return [...this.members('connection', value, HOST_FORM), ...this.tunnel(tunnel)];
  }
}

/**
 * What is wrong with a connection, one sentence each.
 * @param unknown Whether a value is one that is not known so far and therefore not judged.
 */
export function connectionProblems(
  value: unknown,
  unknown: (value: unknown) => boolean = () => false,
): readonly string[] {
  if (unknown(value)) return [];
  if (!isMap(value))
    return [`connection is ${value === undefined || value === null ? 'missing' : 'not a map'}; ${FORMS}.`];
  for (const secret of ['url', 'password']) {
    if (secret in value) return [`connection.${secret} is not allowed, because ${URL_HINT}.`];
  }
  const judge = new Judge(unknown);
  const single = Object.keys(URL_FORMS).find((key) => key in value);
  const keys = single === undefined ? [...Object.keys(HOST_FORM), 'tunnel'] : [single];
  const others = Object.keys(value).filter((key) => !keys.includes(key));
  if (others.length > 0) return [`connection has the key ${others.join(', ')}; ${FORMS}.`];
  if (single !== undefined) return judge.members('connection', value, URL_FORMS);
  const missing = ['host', 'database', 'user'].filter((key) => !(key in value));
  if (missing.length > 0) return [`connection lacks ${missing.join(', ')}; ${FORMS}.`];
  return judge.host(value);
}

/** The same, for a value that must be right. */
export function requireConnection(value: unknown, unknown?: (value: unknown) => boolean): Connection {
  const problem = connectionProblems(value, unknown)[0];
  if (problem !== undefined) throw new TypeError(problem);
  return value as Connection;
}
