/** PostgreSQL identifiers: which names can exist, and how `schema.table` is read. */
import type { QualifiedName } from '../model/definition';

/** PostgreSQL cuts longer names without an error, and two cut names can be one. */
export const IDENTIFIER_BYTES = 63;

const OWN_SCHEMAS = [
  'rollup',
  'silver',
  'gold',
  'raw_archive',
  'silver_archive',
  'gold_archive',
  'partman',
  'cron',
  'information_schema',
];

export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Why a text cannot be a name, or null; every other text is legal and is quoted wherever it is used. */
export function identifierProblem(name: string): string | null {
  if (name === '') return 'is empty';
  if (byteLength(name) > IDENTIFIER_BYTES) return `has ${byteLength(name)} bytes`;
  // NUL cannot be stored; the others are legal but only ever a mistake, and would break lines of logs.
  if (/[\p{Cc}\u2028\u2029]/u.test(name)) return 'holds a control character';
  // Half a surrogate pair has no UTF-8 form.
  if (/\p{Surrogate}/u.test(name)) return 'holds half a character';
  return null;
}

/** What a name may be, for messages. */
export const IDENTIFIER_FORMS = `1 to ${IDENTIFIER_BYTES} bytes of UTF-8 without control characters`;

const PART = /^(?:"((?:[^"]|"")+)"|([A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*))(\.|$)/;

/**
 * Reads `schema.table` as PostgreSQL does: unquoted parts fold to lower case (A to Z only),
 * `"Double Quoted"` parts are kept, `""` inside is one quote. Null when it is not exactly two legal names.
 */
export function parseTableName(text: string): QualifiedName | null {
  const parts: string[] = [];
  let rest = text;
  while (rest !== '') {
    const match = PART.exec(rest);
    if (!match || (match[3] === '.' && match[0].length === rest.length)) return null;
    const [whole, quoted, bare] = match;
    parts.push(
      quoted?.replaceAll('""', '"') ?? (bare ?? '').replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    );
    rest = rest.slice(whole.length);
  }
  const [schema, table] = parts;
  if (schema === undefined || table === undefined || parts.length !== 2) return null;
  return parts.every((part) => identifierProblem(part) === null) ? { schema, table } : null;
}

/** For editors: two names that can be written so, and no schema of Tidemark's or PostgreSQL's in its usual spelling. */
export const TABLE_PATTERN = (() => {
  const part = '(?:"(?:[^"]|"")+"|[A-Za-z_\\u0080-\\uffff][A-Za-z0-9_$\\u0080-\\uffff]*)';
  return `^(?!"?(?:pg_[^."]*|${OWN_SCHEMAS.join('|')})"?\\.)${part}\\.${part}$`;
})();

/** For editors: no control characters. */
export const IDENTIFIER_PATTERN = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]+$';

/** Whether a schema belongs to Tidemark, its extensions or PostgreSQL, and so cannot hold a source. */
export function isOwnSchema(schema: string): boolean {
  return schema.startsWith('pg_') || OWN_SCHEMAS.includes(schema);
}
