import { identifier } from './text';
import type { Properties, Translator, Work } from './types';

function revoke(inputs: Properties): string {
  return `REVOKE ${identifier(inputs['grantRole'])} FROM ${identifier(inputs['role'])}`;
}

function create(inputs: Properties): Work {
  const grant = `GRANT ${identifier(inputs['grantRole'])} TO ${identifier(inputs['role'])}`;
  const admin = inputs['withAdminOption'] === true ? ' WITH ADMIN OPTION' : '';
  return { database: null, transaction: true, statements: [revoke(inputs), `${grant}${admin}`] };
}

export const grantRoleTranslator: Translator = {
  create,
  update: (_olds, news) => create(news),
  drop: (state) => ({ database: null, transaction: true, statements: [revoke(state)] }),
  read: (state) => ({
    database: null,
    text: `select pg_get_userbyid(member)::text as role, pg_get_userbyid(roleid)::text as "grantRole", admin_option as "withAdminOption"
      from pg_catalog.pg_auth_members where pg_get_userbyid(member) = $1 and pg_get_userbyid(roleid) = $2`,
    values: [state['role'], state['grantRole']],
    // From 16 on there can be a row for each grantor. The provider looks at whichever comes first.
    state: ([row]) => row ?? null,
  }),
  defaults: { withAdminOption: false },
  replaces: ['role', 'grantRole', 'withAdminOption'],
  id: (inputs) => [inputs['role'], inputs['grantRole'], inputs['withAdminOption'] === true].join('_'),
};
