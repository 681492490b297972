/** Errors with a place, and the words that all messages share. */

/** One mistake in one file; `line` and `column` start at 1, columns count UTF-16 units as editors do. */
export interface LocatedError {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where in the document, such as `tiers[0].every`; empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
}

export type Path = readonly PropertyKey[];

/** A mistake that is not yet tied to a file: `key` points at the key of the last map entry of the path. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
  readonly at?: 'key';
}

const LONGEST_SHOWN = 80;

/** A path as people write it: `measures.delay[2]`, `measures["odd name"]`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(String(part))) return `${text}[${show(String(part))}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** A value as it is shown in a message: quoted, without control characters, cut when long. */
export function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty map' : 'a map';
  if (typeof value !== 'string') return String(value);
  const cut = value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value;
  return JSON.stringify(cut).replace(/[\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** `a, b or c`. */
export function choices(words: readonly string[], last = 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

/** The one sentence most mistakes need: which key, what was found, what is allowed. */
export function mustBe(path: Path, value: unknown, allowed: string): string {
  return `${pathText(path) || 'the definition'} is ${show(value)}; it must be ${allowed}`;
}

/** By code unit, never by locale: the same order on every machine. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** In order of file, line, column. */
export function compareErrors(a: LocatedError, b: LocatedError): number {
  return (
    byCodeUnit(a.file, b.file) || a.line - b.line || a.column - b.column || byCodeUnit(a.message, b.message)
  );
}
