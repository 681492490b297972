import { joining, LEAVING } from './membership';
import { identifier, literal, names, text } from './text';
import type { Properties, Read, Translator, Work } from './types';

const DEFAULTS = {
  bypassRowLevelSecurity: false,
  connectionLimit: -1,
  createDatabase: false,
  createRole: false,
  encryptedPassword: true,
  inherit: true,
  login: false,
  replication: false,
  roles: [],
  skipDropRole: false,
  skipReassignOwned: false,
  superuser: false,
  validUntil: 'infinity',
} as const;

const SWITCHES = [
  ['superuser', 'SUPERUSER'],
  ['createDatabase', 'CREATEDB'],
  ['createRole', 'CREATEROLE'],
  ['inherit', 'INHERIT'],
  ['login', 'LOGIN'],
  ['bypassRowLevelSecurity', 'BYPASSRLS'],
  ['replication', 'REPLICATION'],
] as const;

/** @param olds What the role has: only what changed is sent, since a login that is no superuser may not name the rest. */
function options(inputs: Properties, olds?: Properties): string {
  const all: Properties = { ...DEFAULTS, ...inputs };
  const before: Properties = { ...DEFAULTS, ...olds };
  const sent = (key: string): boolean => olds === undefined || all[key] !== before[key];
  const password = text(all, 'password');
  return [
    ...(password === null || !sent('password') ? [] : [`ENCRYPTED PASSWORD ${literal(password)}`]),
    ...(sent('validUntil') ? [`VALID UNTIL ${literal(all['validUntil'])}`] : []),
    ...(sent('connectionLimit') ? [`CONNECTION LIMIT ${Number(all['connectionLimit'])}`] : []),
    ...SWITCHES.filter(([key]) => sent(key)).map(([key, word]) => (all[key] === true ? word : `NO${word}`)),
  ].join(' ');
}

/** `search_path` is set always, the other settings where they are given. */
function settings(inputs: Properties): string[] {
  const role = identifier(inputs['name']);
  const path = (inputs['searchPaths'] as readonly string[] | undefined) ?? [];
  const timeouts = [
    ['statementTimeout', 'statement_timeout'],
    ['idleInTransactionSessionTimeout', 'idle_in_transaction_session_timeout'],
  ].flatMap(([key, setting]) => {
    const value = inputs[key as string];
    return value === undefined ? [] : [`ALTER ROLE ${role} SET ${setting} TO ${Number(value)}`];
  });
  const assumed = text(inputs, 'assumeRole');
  return [
    `ALTER ROLE ${role} SET search_path TO ${path.length === 0 ? 'DEFAULT' : path.map(identifier).join(', ')}`,
    ...timeouts,
    ...(assumed === null ? [] : [`ALTER ROLE ${role} SET ROLE TO ${identifier(assumed)}`]),
  ];
}

function memberships(inputs: Properties): string[] {
  return names(inputs['roles']).map((name) => `GRANT ${identifier(name)} TO ${identifier(inputs['name'])}`);
}

function work(statements: readonly string[]): Work {
  return { database: null, transaction: true, statements };
}

function create(inputs: Properties): Work {
  const role = identifier(inputs['name']);
  return work([`CREATE ROLE ${role} WITH ${options(inputs)}`, ...memberships(inputs), ...settings(inputs)]);
}

/** The provider takes all memberships away and grants those that are wanted. */
function update(olds: Properties, news: Properties): Work {
  const role = identifier(news['name']);
  const renamed =
    olds['name'] === news['name'] ? [] : [`ALTER ROLE ${identifier(olds['name'])} RENAME TO ${role}`];
  const revoked = names(olds['roles']).map((name) => `REVOKE ${identifier(name)} FROM ${role}`);
  const changed = names(olds['roles']).join() !== names(news['roles']).join();
  const changes = options(news, olds);
  return work([
    ...renamed,
    ...(changes === '' ? [] : [`ALTER ROLE ${role} WITH ${changes}`]),
    ...(changed ? [...revoked, ...memberships(news)] : []),
    ...settings(news),
  ]);
}

function drop(state: Properties): Work {
  const role = identifier(state['name']);
  const owned = [
    joining(`select ${literal(state['name'])}::text`),
    `REASSIGN OWNED BY ${role} TO CURRENT_USER`,
    `DROP OWNED BY ${role}`,
    LEAVING,
  ];
  return work([
    ...(state['skipReassignOwned'] === true ? [] : owned),
    ...(state['skipDropRole'] === true ? [] : [`DROP ROLE ${role}`]),
  ]);
}

function read(state: Properties): Read {
  return {
    database: null,
    text: `select rolname as name, rolsuper as superuser, rolinherit as inherit, rolcreaterole as "createRole", rolcreatedb as "createDatabase",
        rolcanlogin as login, rolconnlimit as "connectionLimit", coalesce(rolvaliduntil::text, 'infinity') as "validUntil",
        rolreplication as replication, rolbypassrls as "bypassRowLevelSecurity", coalesce(rolconfig, '{}') as config,
        array(select pg_get_userbyid(m.roleid)::text from pg_catalog.pg_auth_members m where m.member = r.oid) as roles
      from pg_catalog.pg_roles r where rolname = $1`,
    values: [state['name']],
    state: ([row]) => {
      if (row === undefined) return null;
      const { config, ...rest } = row;
      const set = (name: string): string | undefined =>
        (config as readonly string[]).find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
      const kept = ['password', 'skipDropRole', 'skipReassignOwned'].filter((key) => key in state);
      const path = set('search_path')
        ?.split(', ')
        .map((part) => part.replaceAll('"', ''));
      return {
        ...Object.fromEntries(kept.map((key) => [key, state[key]])),
        ...rest,
        encryptedPassword: true,
        roles: names(row['roles']),
        ...(path === undefined ? {} : { searchPaths: path }),
        ...(set('role') === undefined ? {} : { assumeRole: set('role') }),
        statementTimeout: Number(set('statement_timeout') ?? 0),
        idleInTransactionSessionTimeout: Number(set('idle_in_transaction_session_timeout') ?? 0),
      };
    },
  };
}

export const roleTranslator: Translator = {
  create,
  update,
  drop,
  read,
  defaults: { ...DEFAULTS, statementTimeout: 0, idleInTransactionSessionTimeout: 0 },
  replaces: [],
  id: (inputs) => String(inputs['name']),
};
