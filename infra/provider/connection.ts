/** Checks what a program gives as connection. No message repeats a value: it may be a password in the wrong place. */
import type { Connection } from '../plan/connection';
import { UNKNOWN } from './unknown';

const FORMS =
  'it must be { urlEnv }, { urlFile }, or { host, database, user } with, if wanted, port, passwordEnv or passwordFile, tls and caFile';

const URL_HINT =
  'the state would keep it. Put the URL into an environment variable or a file and give its name as urlEnv or urlFile';

type Rule = { readonly allowed: string; readonly test: (value: unknown) => boolean };

const text = (allowed: string, form: RegExp): Rule => ({
  allowed,
  test: (value) => typeof value === 'string' && form.test(value),
});

const VARIABLE = text('the name of an environment variable', /^[A-Za-z_][A-Za-z0-9_]*$/);
// A URL is no path, though a system would take it for one.
const FILE = text('the path of a file', /^(?!\w+:\/\/)[^\0\n]+$/);
const NAME = text('a name', /^[^\0\n]+$/);

const HOST_FORM: Readonly<Record<string, Rule>> = {
  host: text('a host name, an address or the directory of a socket', /^[^\s@?]+$/),
  port: {
    allowed: 'a whole number from 1 to 65535',
    test: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535,
  },
  database: NAME,
  user: NAME,
  passwordEnv: VARIABLE,
  passwordFile: FILE,
  tls: text('verify-full, require or disable', /^(verify-full|require|disable)$/),
  caFile: FILE,
};
const REQUIRED = ['host', 'database', 'user'];

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is wrong with a connection, one sentence each; what is unknown so far is not judged. */
export function connectionProblems(value: unknown): readonly string[] {
  if (value === UNKNOWN) return [];
  if (!isMap(value))
    return [`connection is ${value === undefined || value === null ? 'missing' : 'not a map'}; ${FORMS}.`];
  for (const secret of ['url', 'password']) {
    if (secret in value) return [`connection.${secret} is not allowed, because ${URL_HINT}.`];
  }
  const rules: Readonly<Record<string, Rule>> =
    'urlEnv' in value ? { urlEnv: VARIABLE } : 'urlFile' in value ? { urlFile: FILE } : HOST_FORM;
  const unknownKeys = Object.keys(value).filter((key) => !(key in rules));
  if (unknownKeys.length > 0) return [`connection has the key ${unknownKeys.join(', ')}; ${FORMS}.`];
  const missing = rules === HOST_FORM ? REQUIRED.filter((key) => !(key in value)) : [];
  if (missing.length > 0) return [`connection lacks ${missing.join(', ')}; ${FORMS}.`];
  if ('passwordEnv' in value && 'passwordFile' in value) {
    return ['connection has both passwordEnv and passwordFile; give one of them.'];
  }
  return Object.entries(value).flatMap(([key, item]) => {
    const rule = rules[key];
    if (rule === undefined || item === UNKNOWN || rule.test(item)) return [];
    return [`connection.${key} must be ${rule.allowed}.`];
  });
}

/** The connection of checked inputs or of a state. */
export function asConnection(value: unknown): Connection {
  const problem = connectionProblems(value)[0];
  if (problem !== undefined) throw new TypeError(problem);
  return value as Connection;
}
