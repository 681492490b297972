/** Text that YAML reads as something else because it is not in quotes: "*" begins an alias there, "@" nothing at all. */
import { show } from './errors';

/** Where a key or a value begins: at the margin, or after what introduces one. */
const BEGINS = /(?:^\s*|[:\-,?]\s+|[[{]\s*)(?=[*@%`])/g;

/** An alias as it is meant: `*name`, and nothing behind it. */
const ALIAS = /^\*[\w-]+\s*(?:$|[,\]}#])/;

export interface Unquoted {
  /** Index into the line. */
  readonly index: number;
  readonly message: string;
}

/** The last such text of a line that begins before an error at `index`, if there is one. */
export function unquotedText(line: string, index: number): Unquoted | null {
  const starts = [...line.matchAll(BEGINS)].map((match) => match.index + match[0].length);
  const start = starts.findLast((found) => found <= index && !ALIAS.test(line.slice(found)));
  if (start === undefined) return null;
  const rest = line.slice(start);
  // `*: [count]` is a key; `*/5 * * * *` ends with the line, a comment, or the map or list that it stands in.
  const [key] = /^\S*?(?=:(?:\s|$))/.exec(rest) ?? [];
  const value = rest.replace(/\s#.*$/, '').replace(/\s*(?:[}\]]|,\s+[\w"'-]+:\s).*$/, '');
  const text = (key ?? value).trim();
  return {
    index: start,
    message: `a text that starts with ${show(line[start])} must be in quotes: ${show(text)}${key === undefined ? '' : ':'}`,
  };
}
