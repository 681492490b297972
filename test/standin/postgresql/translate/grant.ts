import { joining, LEAVING, schemaOwner, tableOwners } from './membership';
import { identifier, literal, names, object, role, text } from './text';
import type { Properties, Read, Translator, Work } from './types';

const OBJECTS = ['table', 'sequence', 'function', 'procedure', 'routine'];

/** What a grant is on, as GRANT and REVOKE name it. */
function target(inputs: Properties): string {
  const type = String(inputs['objectType']);
  const schema = text(inputs, 'schema');
  if (type === 'database') return `DATABASE ${identifier(inputs['database'])}`;
  if (schema === null) throw new Error(`a grant on a ${type} needs a schema`);
  if (type === 'schema') return `SCHEMA ${identifier(schema)}`;
  if (!OBJECTS.includes(type)) throw new Error(`grants on ${type} are not translated`);
  const objects = names(inputs['objects']);
  if (objects.length === 0) return `ALL ${type.toUpperCase()}S IN SCHEMA ${identifier(schema)}`;
  return `${type.toUpperCase()} ${objects.map((name) => object(schema, name)).join(',')}`;
}

function revoke(inputs: Properties): string {
  const named = names(inputs['objects']).length > 0;
  const privileges = names(inputs['privileges']);
  const what = named && privileges.length > 0 ? privileges.join(',') : 'ALL PRIVILEGES';
  return `REVOKE ${what} ON ${target(inputs)} FROM ${role(inputs['role'])}`;
}

function grant(inputs: Properties): string[] {
  const privileges = names(inputs['privileges']);
  if (privileges.length === 0) return [];
  const option = inputs['withGrantOption'] === true ? ' WITH GRANT OPTION' : '';
  return [`GRANT ${privileges.join(',')} ON ${target(inputs)} TO ${role(inputs['role'])}${option}`];
}

/** As a member of those who own the schema and, for objects in it, its tables. */
function work(inputs: Properties, statements: readonly string[]): Work {
  const type = inputs['objectType'];
  const schema = literal(inputs['schema'] ?? '');
  const owners =
    type === 'schema' ? schemaOwner(schema) : `${schemaOwner(schema)} union ${tableOwners(schema)}`;
  return {
    database: text(inputs, 'database'),
    transaction: true,
    statements: type === 'database' ? statements : [joining(owners), ...statements, LEAVING],
  };
}

const GRANTEE = `coalesce((select r.oid from pg_catalog.pg_roles r where r.rolname = $1), 0)`;

function read(state: Properties): Read {
  const type = String(state['objectType']);
  const database = text(state, 'database');
  const given = (rows: readonly Properties[], wanted: readonly string[]): Properties => {
    // All objects must have exactly these privileges; else those of the first that differs are kept as state.
    const other = rows.map((row) => names(row['privileges'])).find((found) => found.join() !== wanted.join());
    return { ...state, privileges: other ?? wanted };
  };
  const one = (catalog: string, acl: string, name: string, value: unknown): Read => ({
    database,
    text: `select array_agg(p.privilege_type::text) as privileges from pg_catalog.${catalog} c
      cross join lateral aclexplode(c.${acl}) p where c.${name} = $2 and p.grantee = ${GRANTEE}`,
    values: [state['role'], value],
    state: (rows) => given(rows, names(state['privileges'])),
  });
  if (type === 'database') return one('pg_database', 'datacl', 'datname', state['database']);
  if (type === 'schema') return one('pg_namespace', 'nspacl', 'nspname', state['schema']);
  const routine = type !== 'table' && type !== 'sequence';
  const [catalog, acl, name, namespace] = routine
    ? ['pg_proc', 'proacl', 'proname', 'pronamespace']
    : ['pg_class', 'relacl', 'relname', 'relnamespace'];
  const kind = routine ? '' : ` and c.relkind = ${literal(type === 'table' ? 'r' : 'S')}`;
  return {
    database,
    text: `select c.${name}::text as name, array_remove(array_agg(p.privilege_type::text), null) as privileges
      from pg_catalog.${catalog} c left join lateral aclexplode(c.${acl}) p on p.grantee = ${GRANTEE}
      where c.${namespace} = (select n.oid from pg_catalog.pg_namespace n where n.nspname = $2)${kind} group by 1`,
    values: [state['role'], state['schema']],
    state: (rows) => {
      const objects = names(state['objects']);
      const wanted = rows.filter((row) => objects.length === 0 || objects.includes(String(row['name'])));
      return given(wanted, names(state['privileges']));
    },
  };
}

export const grantTranslator: Translator = {
  create: (inputs) => work(inputs, [revoke(inputs), ...grant(inputs)]),
  update: (olds, news) => work(news, [revoke(olds), ...grant(news)]),
  drop: (state) => work(state, [revoke(state)]),
  read,
  defaults: { withGrantOption: false, objects: [] },
  replaces: ['role', 'database', 'schema', 'objectType', 'objects', 'columns', 'withGrantOption'],
  id: (inputs) =>
    [
      inputs['role'],
      inputs['database'],
      ...(inputs['objectType'] === 'database' ? [] : [inputs['schema']]),
      inputs['objectType'],
      ...names(inputs['objects']),
    ].join('_'),
};
