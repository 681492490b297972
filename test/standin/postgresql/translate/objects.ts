import { joining, LEAVING } from './membership';
import { identifier, literal, text } from './text';
import type { Properties, Translator, Work } from './types';

const DATABASE_DEFAULTS = {
  allowConnections: true,
  alterObjectOwnership: false,
  connectionLimit: -1,
} as const;

function owned(inputs: Properties, statements: readonly string[]): Work {
  const owner = text(inputs, 'owner');
  const around =
    owner === null ? statements : [joining(`select ${literal(owner)}::text`), ...statements, LEAVING];
  return { database: null, transaction: false, statements: around };
}

function createDatabase(inputs: Properties): Work {
  const owner = text(inputs, 'owner');
  const collate = text(inputs, 'lcCollate');
  const ctype = text(inputs, 'lcCtype');
  const tablespace = text(inputs, 'tablespaceName');
  const all: Properties = { ...DATABASE_DEFAULTS, ...inputs };
  return owned(inputs, [
    [
      `CREATE DATABASE ${identifier(inputs['name'])} OWNER ${owner === null ? 'CURRENT_USER' : identifier(owner)}`,
      `TEMPLATE ${identifier(text(inputs, 'template') ?? 'template0')}`,
      `ENCODING ${literal(text(inputs, 'encoding') ?? 'UTF8')}`,
      ...(collate === null ? [] : [`LC_COLLATE ${literal(collate)}`]),
      ...(ctype === null ? [] : [`LC_CTYPE ${literal(ctype)}`]),
      ...(tablespace === null ? [] : [`TABLESPACE ${identifier(tablespace)}`]),
      `ALLOW_CONNECTIONS ${all['allowConnections'] === true}`,
      `CONNECTION LIMIT ${Number(all['connectionLimit'])}`,
      `IS_TEMPLATE ${inputs['isTemplate'] === true}`,
    ].join(' '),
  ]);
}

function updateDatabase(olds: Properties, news: Properties): Work {
  const name = identifier(news['name']);
  const all: Properties = { ...DATABASE_DEFAULTS, ...news };
  const owner = text(news, 'owner');
  return owned(news, [
    ...(olds['name'] === news['name']
      ? []
      : [`ALTER DATABASE ${identifier(olds['name'])} RENAME TO ${name}`]),
    ...(owner === null || owner === olds['owner']
      ? []
      : [`ALTER DATABASE ${name} OWNER TO ${identifier(owner)}`]),
    `ALTER DATABASE ${name} CONNECTION LIMIT = ${Number(all['connectionLimit'])}`,
    `ALTER DATABASE ${name} ALLOW_CONNECTIONS ${all['allowConnections'] === true}`,
  ]);
}

export const databaseTranslator: Translator = {
  create: createDatabase,
  update: updateDatabase,
  drop: (state) =>
    owned(state, [
      `ALTER DATABASE ${identifier(state['name'])} ALLOW_CONNECTIONS false`,
      // Every session, pg_cron's launcher among them, which only a superuser may end: then the database stays, and refuses everybody.
      `SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = ${literal(state['name'])} AND pid <> pg_backend_pid()`,
      `DROP DATABASE ${identifier(state['name'])} WITH (FORCE)`,
    ]),
  read: (state) => ({
    database: null,
    text: `select d.datname as name, pg_get_userbyid(d.datdba)::text as owner, pg_encoding_to_char(d.encoding)::text as encoding,
        d.datcollate as "lcCollate", d.datctype as "lcCtype", t.spcname as "tablespaceName", d.datconnlimit as "connectionLimit",
        d.datallowconn as "allowConnections", d.datistemplate as "isTemplate"
      from pg_catalog.pg_database d join pg_catalog.pg_tablespace t on t.oid = d.dattablespace where d.datname = $1`,
    values: [state['name']],
    state: ([row]) =>
      row === undefined
        ? null
        : {
            ...row,
            template: text(state, 'template') ?? 'template0',
            alterObjectOwnership: state['alterObjectOwnership'] === true,
          },
  }),
  defaults: DATABASE_DEFAULTS,
  replaces: ['template', 'encoding', 'lcCollate', 'lcCtype'],
  id: (inputs) => String(inputs['name']),
};

const DATABASE_OWNER = `select r.rolname::text from pg_catalog.pg_database b join pg_catalog.pg_roles r on r.oid = b.datdba
  where b.datname = current_database()`;

/** In the schema's database, as a member of its owners. */
function within(inputs: Properties, statements: readonly string[]): Work {
  const owner = text(inputs, 'owner');
  const owners = owner === null ? DATABASE_OWNER : `${DATABASE_OWNER} union select ${literal(owner)}::text`;
  return {
    database: text(inputs, 'database'),
    transaction: true,
    statements: [joining(owners), ...statements, LEAVING],
  };
}

/** Policies are left out on purpose: Grant resources take their place. */
export const schemaTranslator: Translator = {
  create: (inputs) => {
    if (inputs['policies'] !== undefined) throw new Error('schema policies are not translated: use grants');
    const owner = text(inputs, 'owner');
    const authorization = owner === null ? '' : ` AUTHORIZATION ${identifier(owner)}`;
    return within(inputs, [`CREATE SCHEMA IF NOT EXISTS ${identifier(inputs['name'])}${authorization}`]);
  },
  update: (olds, news) => {
    const name = identifier(news['name']);
    const owner = text(news, 'owner');
    return within(news, [
      ...(olds['name'] === news['name']
        ? []
        : [`ALTER SCHEMA ${identifier(olds['name'])} RENAME TO ${name}`]),
      ...(owner === null || owner === olds['owner']
        ? []
        : [`ALTER SCHEMA ${name} OWNER TO ${identifier(owner)}`]),
    ]);
  },
  // One that is gone is passed over.
  drop: (state) =>
    within(state, [
      `DROP SCHEMA IF EXISTS ${identifier(state['name'])} ${state['dropCascade'] === true ? 'CASCADE' : 'RESTRICT'}`,
    ]),
  read: (state) => ({
    database: text(state, 'database'),
    text: `select nspname as name, pg_get_userbyid(nspowner)::text as owner, current_database()::text as database
      from pg_catalog.pg_namespace where nspname = $1`,
    values: [state['name']],
    state: ([row]) =>
      row === undefined
        ? null
        : { ...row, ifNotExists: state['ifNotExists'] !== false, dropCascade: state['dropCascade'] === true },
  }),
  defaults: { ifNotExists: true, dropCascade: false },
  replaces: ['database'],
  id: (inputs) => `${inputs['database']}.${inputs['name']}`,
};

export const extensionTranslator: Translator = {
  create: (inputs) => {
    const schema = text(inputs, 'schema');
    const version = text(inputs, 'version');
    const statement = [
      `CREATE EXTENSION IF NOT EXISTS ${identifier(inputs['name'])}`,
      ...(schema === null ? [] : [`SCHEMA ${identifier(schema)}`]),
      ...(version === null ? [] : [`VERSION ${identifier(version)}`]),
      ...(inputs['createCascade'] === true ? ['CASCADE'] : []),
    ].join(' ');
    return {
      database: text(inputs, 'database'),
      transaction: true,
      delegated: true,
      statements: [statement],
    };
  },
  update: (olds, news) => {
    const name = identifier(news['name']);
    const [schema, version] = [text(news, 'schema'), text(news, 'version')];
    const moved = schema !== null && schema !== olds['schema'];
    const other = version !== null && version !== olds['version'];
    return {
      database: text(news, 'database'),
      transaction: true,
      delegated: true,
      statements: [
        ...(moved ? [`ALTER EXTENSION ${name} SET SCHEMA ${identifier(schema)}`] : []),
        ...(other ? [`ALTER EXTENSION ${name} UPDATE TO ${identifier(version)}`] : []),
      ],
    };
  },
  drop: (state) => ({
    database: text(state, 'database'),
    transaction: true,
    delegated: true,
    statements: [
      `DROP EXTENSION ${identifier(state['name'])} ${state['dropCascade'] === true ? 'CASCADE' : 'RESTRICT'}`,
    ],
  }),
  read: (state) => ({
    database: text(state, 'database'),
    text: `select e.extname as name, n.nspname as schema, e.extversion as version, current_database()::text as database
      from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = $1`,
    values: [state['name']],
    state: ([row]) =>
      row === undefined
        ? null
        : {
            ...row,
            dropCascade: state['dropCascade'] === true,
            createCascade: state['createCascade'] === true,
          },
  }),
  defaults: { dropCascade: false, createCascade: false },
  replaces: ['name', 'database'],
  id: (inputs) => `${inputs['database']}.${inputs['name']}`,
};
