/**
 * How RDS writes a parameter that is a boolean. It refuses `true`, or keeps 1 in its place, and then every preview shows the difference.
 * Pure.
 */

/** Enumerations of PostgreSQL 15 to 17 that have the two words among others. */
const ENUMERATIONS = new Set([
  'backslash_quote',
  'compute_query_id',
  'constraint_exclusion',
  'huge_pages',
  'recovery_prefetch',
  'synchronous_commit',
  'wal_compression',
]);

/** Those of pg_cron are not of PostgreSQL's own, and RDS takes other words for them; enumerations have no numbers. */
function wordsFor(name: string): readonly [yes: string, no: string] {
  return name.startsWith('cron.') || ENUMERATIONS.has(name) ? ['on', 'off'] : ['1', '0'];
}

/** A boolean of a configuration, as RDS writes it. */
export function booleanText(name: string, value: boolean): string {
  const [yes, no] = wordsFor(name);
  return value ? yes : no;
}

/** What is wrong with a value, as text or as a program in JavaScript would give it; undefined for all that is no boolean's word. */
export function booleanProblem(name: string, value: unknown): string | undefined {
  if (!/^(true|false)$/i.test(String(value))) return undefined;
  const [yes, no] = wordsFor(name);
  return `parameters.${name} is ${String(value)}, which RDS refuses or rewrites; write '${yes}' or '${no}'.`;
}
