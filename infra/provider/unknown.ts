/** Values that are not known before an `up`, and comparing data that may hold them. */
import { canonicalJson } from '../model/checksum';

/** What Pulumi passes to a provider in a preview for a value that no resource has given yet. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** Whether a value is unknown as a whole or anywhere inside. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasUnknown);
  return value === UNKNOWN;
}

/** Whether the value at a path, or something on the way to it, is unknown. */
export function isUnknownAt(value: unknown, path: readonly PropertyKey[]): boolean {
  if (value === UNKNOWN) return true;
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== 'object' || value === null) return false;
  return isUnknownAt((value as Readonly<Record<PropertyKey, unknown>>)[key], rest);
}

/** Without null members: Pulumi may drop them on the way, so they mean the same as absent ones. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member)]));
}

/** Equal as data. What is unknown equals nothing: it may well change. */
export function sameData(a: unknown, b: unknown): boolean {
  if (hasUnknown(a) || hasUnknown(b)) return false;
  return canonicalJson(withoutNulls(a)) === canonicalJson(withoutNulls(b));
}
