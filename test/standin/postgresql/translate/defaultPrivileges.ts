import { joining, LEAVING } from './membership';
import { identifier, literal, names, role, text } from './text';
import type { Properties, Translator, Work } from './types';

const KINDS: Readonly<Record<string, string>> = {
  table: 'r',
  sequence: 'S',
  function: 'f',
  routine: 'f',
  type: 'T',
  schema: 'n',
};

function work(inputs: Properties, granting: boolean): Work {
  const schema = text(inputs, 'schema');
  const within = schema === null ? '' : ` IN SCHEMA ${identifier(schema)}`;
  const change = `ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(inputs['owner'])}${within}`;
  const kind = `${String(inputs['objectType']).toUpperCase()}S`;
  const privileges = names(inputs['privileges']);
  const option = inputs['withGrantOption'] === true ? ' WITH GRANT OPTION' : '';
  const grants =
    granting && privileges.length > 0
      ? [`${change} GRANT ${privileges.join(',')} ON ${kind} TO ${role(inputs['role'])}${option}`]
      : [];
  return {
    database: text(inputs, 'database'),
    transaction: true,
    statements: [
      joining(`select ${literal(inputs['owner'])}::text`),
      `${change} REVOKE ALL ON ${kind} FROM ${role(inputs['role'])}`,
      ...grants,
      LEAVING,
    ],
  };
}

export const defaultPrivilegesTranslator: Translator = {
  create: (inputs) => work(inputs, true),
  update: (_olds, news) => work(news, true),
  drop: (state) => work(state, false),
  read: (state) => ({
    database: text(state, 'database'),
    text: `select array_agg(p.privilege_type::text) as privileges from pg_catalog.pg_default_acl a
      cross join lateral aclexplode(a.defaclacl) p
      where a.defaclobjtype = $2 and pg_get_userbyid(p.grantor) = $3
        and p.grantee = coalesce((select r.oid from pg_catalog.pg_roles r where r.rolname = $1), 0)
        and a.defaclnamespace = coalesce((select n.oid from pg_catalog.pg_namespace n where n.nspname = $4), 0)`,
    values: [state['role'], KINDS[String(state['objectType'])], state['owner'], text(state, 'schema')],
    state: ([row]) => {
      const found = names(row?.['privileges']);
      // None at all counts as gone, unless none is what was asked for.
      if (found.length === 0 && names(state['privileges']).length > 0) return null;
      return { ...state, privileges: found };
    },
  }),
  defaults: { withGrantOption: false },
  replaces: ['role', 'database', 'owner', 'schema', 'objectType', 'withGrantOption'],
  id: (inputs) =>
    [
      inputs['role'],
      inputs['database'],
      text(inputs, 'schema') ?? 'noschema',
      inputs['owner'],
      inputs['objectType'],
    ].join('_'),
};
