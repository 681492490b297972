/** What a file may ask of the machine that reads it: pull requests bring definitions from anybody. */
import { type Document, isAlias, visit } from 'yaml';
import type { YamlProblem } from './document';
import { byteLength } from './identifier';

/** A definition is a page of text; a file beyond this is something else. */
export const MAX_FILE_BYTES = 1_000_000;
/** Nodes that aliases may expand to. */
const MAX_ALIASES = 100;
/** Keys and list items of one document: finding the places of errors takes time with their square. */
const MAX_ENTRIES = 5000;
/** The parser recurses, and so fails, far above this. */
const MAX_DEPTH = 100;

/** The sentence for a file that is too large. */
export function sizeMessage(bytes: number): string {
  return `the file has ${bytes} bytes; a file of definitions has at most ${MAX_FILE_BYTES}`;
}

/** Judged on the bare text, brackets in quotes and comments included: no definition comes near the limit. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    else if ((character === ']' || character === '}') && depth > 0) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  // Block collections take a column of indentation a level, or two characters of `- - -`.
  return /^[ \t?-]{200}/m.test(text);
}

/** Why a text is not even parsed, or null. */
export function textProblem(text: string): string | null {
  if (byteLength(text) > MAX_FILE_BYTES) return sizeMessage(byteLength(text));
  return isDeep(text)
    ? `the lists and maps of the file are nested more than ${MAX_DEPTH} deep; a definition needs five`
    : null;
}

function firstAlias(document: Document): number {
  let offset = 0;
  visit(document, {
    Alias(_, alias) {
      offset = (isAlias(alias) && alias.range?.[0]) || 0;
      return visit.BREAK;
    },
  });
  return offset;
}

/** Whether a document has more entries than can be checked in good time. */
export function entriesProblem(document: Document): YamlProblem | null {
  let entries = 0;
  visit(document, {
    Collection(_, { items }) {
      entries += items.length;
    },
  });
  if (entries <= MAX_ENTRIES) return null;
  const message = `the document has ${entries} keys and list items; a definition has at most ${MAX_ENTRIES}`;
  return { offset: document.contents?.range?.[0] ?? 0, message };
}

/** The plain value of a document, or why it is not computed. */
export function plainValue(document: Document): { readonly value: unknown } | YamlProblem {
  try {
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    // What the library throws for too many aliases.
    if (!(error instanceof ReferenceError)) throw error;
    const message = `aliases expand to more than ${MAX_ALIASES} copies or into themselves; write the values out`;
    return { offset: firstAlias(document), message };
  }
}
