import { defaultPrivilegesTranslator } from './translate/defaultPrivileges';
import { grantTranslator } from './translate/grant';
import { grantRoleTranslator } from './translate/grantRole';
import { databaseTranslator, extensionTranslator, schemaTranslator } from './translate/objects';
import { roleTranslator } from './translate/role';
import type { Properties, Translator } from './translate/types';

export type { Properties, Read, Translator, Work } from './translate/types';

/**
 * What the provider behind @pulumi/postgresql runs, by the type of the resource: from inputs to SQL, and from what a
 * query answers to state. Nothing here talks to a server. Sets are compared without order.
 *
 * ```ts
 * const { create, read } = translator('postgresql:index/role:Role');
 * const { database, statements } = create({ name: 'reader' });
 * ```
 */
const TRANSLATORS: Readonly<Record<string, Translator>> = {
  'postgresql:index/database:Database': databaseTranslator,
  'postgresql:index/defaultPrivileges:DefaultPrivileges': defaultPrivilegesTranslator,
  'postgresql:index/extension:Extension': extensionTranslator,
  'postgresql:index/grant:Grant': grantTranslator,
  'postgresql:index/grantRole:GrantRole': grantRoleTranslator,
  'postgresql:index/role:Role': roleTranslator,
  'postgresql:index/schema:Schema': schemaTranslator,
};

export function translator(type: string): Translator {
  const found = TRANSLATORS[type];
  if (found === undefined) throw new Error(`resources of type ${type} are not translated`);
  return found;
}

function same(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.map(String).sort().join('\0') === other.map(String).sort().join('\0');
}

/**
 * Inputs that differ from a state: what a preview would show. An input that is left out has its default; where it has
 * none, the server decides and nothing differs.
 * @param ignored Properties of the option `ignoreChanges`.
 */
export function differences(
  type: string,
  inputs: Properties,
  state: Properties,
  ignored: readonly string[] = [],
): readonly string[] {
  const given = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
  const wanted: Properties = { ...translator(type).defaults, ...given };
  return Object.keys(wanted)
    .filter((key) => !key.startsWith('__') && !ignored.includes(key))
    .filter((key) => !same(wanted[key], state[key] ?? translator(type).defaults[key]))
    .sort();
}
