/** SQL as text that people read: one column or condition a line, what belongs together indented. */

/** Every line moved right. No name or literal that compiled SQL holds has a line break in it. */
export function indent(text: string, by = 2): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}

/** `head`, and under it the items, one a line. */
export function list(head: string, items: readonly string[]): string {
  return `${head}\n${indent(items.join(',\n'))}`;
}

/** A query: its columns, one a line, and its clauses. A single column stands behind `select`. */
export function select(columns: readonly string[], ...clauses: readonly string[]): string {
  const head = columns.length === 1 ? `select ${columns[0]}` : list('select', columns);
  return [head, ...clauses].join('\n');
}

/** In brackets on lines of their own. */
export function brackets(text: string): string {
  return `(\n${indent(text)}\n)`;
}

/** `where` (or another word) and conditions, one a line. */
export function conditions(word: string, all: readonly string[]): string {
  const [first = 'true', ...others] = all;
  const margin = ' '.repeat(word.length - word.trimStart().length + 2);
  return [
    `${word} ${first}`,
    ...others.map((condition) => `${margin}and ${indent(condition, margin.length).trimStart()}`),
  ].join('\n');
}

/** Queries all of whose rows are wanted. */
export function unionAll(queries: readonly string[]): string {
  return queries.join('\nunion all\n');
}

/** A query with a name, in front of another. */
export interface Named {
  readonly name: string;
  readonly sql: string;
  /** Computed once and kept, whatever the planner would do. */
  readonly materialized?: true;
  /** For whoever reads the statement. */
  readonly why?: string;
}

/** `with` these `query`. */
export function withNamed(queries: readonly Named[], query: string): string {
  const parts = queries.map(({ name, sql, materialized, why }) => {
    const comment = why === undefined ? '' : `-- ${why}\n`;
    return `${comment}${name} as ${materialized ? 'materialized ' : ''}${brackets(sql)}`;
  });
  return `with\n${parts.join(',\n')}\n${query}`;
}
