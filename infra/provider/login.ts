/** The provider of the login that all else is deployed with. */
import { applyLogin, loginRoles, removeLogin } from '../db/server/login';
import { connectionProblems } from './connection';
import { change, read, remove } from './database';
import { failures } from './failure';
import type { CheckResult, Provider } from './provider';
import { type Data, decode, outputsOf } from './state';
import { sameData, UNKNOWN } from './unknown';

const KEYS = ['connection', 'login', 'memberOf'] as const;

interface Wanted extends Data {
  readonly login: string;
  readonly memberOf: readonly string[];
}

function check(given: Data): CheckResult {
  const { connection, login, memberOf } = given;
  const found = [...connectionProblems(connection)];
  // RDS keeps names that start with rds; PostgreSQL those that start with pg_.
  if (login !== UNKNOWN && (typeof login !== 'string' || !/^(?!pg_|rds)[a-z_][a-z0-9_]{0,62}$/.test(login))) {
    found.push(
      'login must be a name of at most 63 small letters, digits and underscores that does not start with pg_ or rds.',
    );
  }
  if (memberOf !== UNKNOWN && !Array.isArray(memberOf)) found.push('memberOf must be a list of roles.');
  if (found.length > 0) return { inputs: { ...given }, failures: failures(found) };
  const roles = Array.isArray(memberOf) ? [...new Set(memberOf)].sort() : memberOf;
  return { inputs: { connection, login, memberOf: roles } };
}

async function apply(inputs: Data): Promise<Data> {
  const { connection, login, memberOf } = inputs as Wanted;
  await change(inputs, (client) => applyLogin(client, login, memberOf));
  return outputsOf({ connection, login, memberOf });
}

/** Its methods run in a process of their own, called with what `resources.ts` registered and `check` returned. */
export const login: Provider = {
  check: async (_before, given) => check(given),

  async diff(_id, outputs, inputs) {
    const before = decode(outputs);
    const changes = KEYS.some((key) => !sameData(before[key], inputs[key]));
    // Another name is another login; the old one goes when nothing uses it any more.
    return { changes, replaces: sameData(before['login'], inputs['login']) ? [] : ['login'] };
  },

  async create(inputs) {
    const outs = await apply(decode(inputs));
    return { id: String(inputs['login']), outs };
  },

  async update(_id, _outputs, inputs) {
    return { outs: await apply(decode(inputs)) };
  },

  async read(id, outputs) {
    const kept = decode(outputs) as Wanted;
    const roles = await read(kept, (client) => loginRoles(client, id));
    if (roles === null) return {};
    // Memberships that others have granted are none of our business.
    const memberOf = kept.memberOf.filter((role) => roles.includes(role));
    const inputs = { connection: kept['connection'], login: id, memberOf };
    return { id, inputs, props: outputsOf(inputs) };
  },

  async delete(id, outputs) {
    if (await remove(decode(outputs), (client) => removeLogin(client, id))) return;
    console.log(
      `The login ${id} still exists, because from PostgreSQL 16 on only a superuser may drop it. It has no roles and can no longer log in.`,
    );
  },
};
