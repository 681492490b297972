import type { Properties } from './types';

export function identifier(name: unknown): string {
  return `"${String(name).replaceAll('"', '""')}"`;
}

export function literal(value: unknown): string {
  return `'${String(value).replaceAll("'", "''")}'`;
}

/** A set of names, in a fixed order. */
export function names(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(value)}`);
  return [...new Set(value.map(String))].sort();
}

/** An optional text; the empty one counts as none, as it does for the provider. */
export function text(inputs: Properties, key: string): string | null {
  const value = inputs[key];
  return value === undefined || value === null || value === '' ? null : String(value);
}

/**
 * A role by name, as the provider quotes it: `public` stands for everybody, quoted or not.
 */
export const role = identifier;

/** The name of an object, or a function with its argument types: `f(text, integer)`. */
export function object(schema: string, name: string): string {
  const paren = name.indexOf('(');
  const bare = paren < 0 ? name : name.slice(0, paren);
  return `${identifier(schema)}.${identifier(bare)}${paren < 0 ? '' : name.slice(paren)}`;
}
