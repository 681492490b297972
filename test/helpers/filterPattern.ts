/**
 * CloudWatch's space-delimited filter patterns, as far as ours go: named fields, equality with a quoted word, one ellipsis. Words in
 * brackets or quotation marks are one field.
 */

interface Field {
  readonly name: string;
  readonly value: string | null;
}

export function parsePattern(pattern: string): readonly Field[] {
  const inner = /^\[(.*)\]$/.exec(pattern)?.[1];
  if (inner === undefined) throw new Error(`not a space-delimited pattern: ${pattern}`);
  return inner.split(',').map((text) => {
    const field = /^\s*(\.\.\.|[a-z][a-z0-9_]*)(?:\s*=\s*"([^"\s]+)")?\s*$/.exec(text);
    if (field === null) throw new Error(`not a field: ${text}`);
    return { name: field[1] as string, value: field[2] ?? null };
  });
}

export function words(line: string): readonly string[] {
  return [...line.matchAll(/\[([^\]]*)\]|"([^"]*)"|[^\s["]+/g)].map((word) => word[1] ?? word[2] ?? word[0]);
}

/** The fields' values by `$name`, or null if the line does not match. */
export function matchLine(pattern: string, line: string): Readonly<Record<string, string>> | null {
  const fields = parsePattern(pattern);
  const given = words(line);
  const gap = fields.findIndex(({ name }) => name === '...');
  const named = fields.filter(({ name }) => name !== '...');
  if (gap < 0 ? given.length !== named.length : given.length < named.length) return null;
  const after = gap < 0 ? 0 : named.length - gap;
  const taken = [...given.slice(0, named.length - after), ...given.slice(given.length - after)];
  if (named.some(({ value }, index) => value !== null && value !== taken[index])) return null;
  return Object.fromEntries(named.map(({ name }, index) => [`$${name}`, taken[index] as string]));
}
