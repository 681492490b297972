/**
 * How RDS writes a parameter that is a boolean. It refuses `true`, or keeps 1 in its place, and then every preview shows the difference.
 * Pure.
 */

/** Enumerations of PostgreSQL 15 to 18 that have the two words among others. */
const ENUMERATIONS = new Set([
  'backslash_quote',
  'compute_query_id',
  'constraint_exclusion',
  'huge_pages',
  'recovery_prefetch',
  'synchronous_commit',
  'wal_compression',
]);

/** A boolean before 18, and from then on a list of the stages that are logged: RDS takes no 1 for it, nor 0. */
const STAGES = ['receipt', 'authentication', 'authorization', 'setup_durations', 'all'];

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

/** What is wrong with a value of `log_connections`, which each of the two kinds of versions takes in another form; undefined if nothing is. */
export function logConnectionsProblem(major: number, value: string): string | undefined {
  const stages = value.split(',').map((stage) => stage.trim());
  const listed = stages.every((stage) => STAGES.includes(stage));
  if (listed === major >= 18) return undefined;
  return listed
    ? `parameters.log_connections is ${value}, which is of PostgreSQL 18 and later; write '1' or '0'.`
    : `parameters.log_connections is ${value}; from PostgreSQL 18 on it is a list, so write 'all', some of ${STAGES.slice(0, -1).join(', ')} with commas, or leave it out for none.`;
}
