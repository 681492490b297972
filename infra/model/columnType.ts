/** Column types of definitions in the words of the catalog. */

/** A type of `source.columns` as `format_type` writes it. */
export function catalogType(type: string): string {
  return type === 'timestamptz' ? 'timestamp with time zone' : type;
}

/**
 * Whether a column of the catalog has a type of `source.columns`. Definitions write no modifiers, so `numeric(12,3)` is
 * `numeric`; types of extensions are qualified by the schema that they were created in.
 */
export function hasType(actual: string, type: string): boolean {
  const bare = actual.replace(/\(.*?\)/, '');
  return bare === catalogType(type) || (type === 'ltree' && /\."?ltree"?$/.test(bare));
}
