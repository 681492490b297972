/** Text → checked definitions, with every mistake at its line and column. */
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import type { RollupDefinition } from '../model/definition';
import { type Place, placeOf, removeBadKeys, type YamlProblem } from './document';
import { compareErrors, type LocatedError, type Problem, pathText } from './errors';
import { entriesProblem, plainValue, textProblem } from './limits';
import { normalize } from './normalize';
import { unquotedText } from './quotes';
import type { Sections } from './schema';
import { validate } from './validate';

/** One document of a file: the sections that are valid, so that checks across files can use them. */
export interface ParsedDefinition {
  readonly file: string;
  readonly sections: Sections;
  readonly place: (problem: Pick<Problem, 'path' | 'at'>) => Place;
  /** null when the document has any error of its own. */
  readonly definition: RollupDefinition | null;
}

export interface ParsedFile {
  readonly definitions: readonly ParsedDefinition[];
  /** In order of line and column. */
  readonly errors: readonly LocatedError[];
}

/** Reads all documents of one file; `file` only names it. Checks across documents are `checkTogether`. */
export function parseDefinitions(text: string, file: string): ParsedFile {
  const refuse = (message: string): ParsedFile => ({
    definitions: [],
    errors: [{ file, line: 1, column: 1, path: '', message }],
  });
  const problem = textProblem(text);
  if (problem !== null) return refuse(problem);
  const lines = new LineCounter();
  // Keys are text whatever they look like; prettyErrors would repeat the place and an excerpt in the message.
  const options = { lineCounter: lines, prettyErrors: false, stringKeys: true, uniqueKeys: false } as const;
  const read = text.replace(/^\uFEFF/, '');
  const documents = parseAllDocuments(read, { ...options, logLevel: 'silent' });
  if (documents.length === 0)
    return refuse('the file is empty; it must contain a definition: apiVersion: tidemark/v1, name, …');
  const results = documents.map((document) => parseDocument(document, { text: read, lines, file }));
  return {
    definitions: results.map(({ definition }) => definition),
    errors: results.flatMap(({ errors }) => errors).sort(compareErrors),
  };
}

function syntaxMessage(message: string): string {
  // The library names its own option here, which says nothing to the writer of the file.
  if (message.startsWith('With stringKeys')) return 'a key is not text; every key must be';
  return `not valid YAML: ${message.replace(/\.$/, '')}`;
}

function syntaxProblem(document: Document, text: string): YamlProblem | null {
  // After the first syntax error the rest of the document is guesswork: what it would report is noise.
  const first = document.errors[0] ?? document.warnings[0];
  if (!first) return null;
  const [offset] = first.pos;
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  const unquoted = unquotedText(text.slice(line).split(/\r?\n/, 1)[0] ?? '', offset - line);
  if (unquoted) return { offset: line + unquoted.index, message: unquoted.message };
  return { offset, message: syntaxMessage(first.message) };
}

function parseDocument(
  document: Document,
  { text, lines, file }: { readonly text: string; readonly lines: LineCounter; readonly file: string },
) {
  const place: ParsedDefinition['place'] = (problem) => placeOf(document, lines, problem);
  const located = ({ offset, message }: YamlProblem): LocatedError => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, path: '', message };
  };
  const refuse = (problem: YamlProblem) => {
    return { definition: { file, sections: {}, place, definition: null }, errors: [located(problem)] };
  };
  const problem = syntaxProblem(document, text) ?? entriesProblem(document);
  if (problem) return refuse(problem);
  const keys = removeBadKeys(document, lines);
  const plain = plainValue(document);
  if ('message' in plain) return refuse(plain);
  const { sections, whole, problems } = validate(plain.value);
  const errors = problems.map((found) => {
    return { file, ...place(found), path: pathText(found.path), message: found.message };
  });
  const definition = whole && errors.length + keys.length === 0 ? normalize(whole) : null;
  return { definition: { file, sections, place, definition }, errors: [...keys.map(located), ...errors] };
}
