/** Text → checked definitions, with every mistake at its line and column. */
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import type { RollupSpec } from '../plan/spec';
import { firstAlias, type Place, placeOf, removeBadKeys, type YamlProblem } from './document';
import { compareErrors, type LocatedError, type Problem, pathText } from './errors';
import { byteLength } from './identifier';
import { normalize } from './normalize';
import type { Sections } from './schema';
import { validate } from './validate';

/** A definition is a page of text; a file beyond this is something else. */
export const MAX_FILE_BYTES = 1_000_000;
const MAX_ALIASES = 100;

/** One document of a file: the sections that are valid, so that checks across files can use them. */
export interface ParsedDefinition {
  readonly file: string;
  readonly sections: Sections;
  readonly place: (problem: Pick<Problem, 'path' | 'at'>) => Place;
  /** null when the document has any error of its own. */
  readonly spec: RollupSpec | null;
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
  if (byteLength(text) > MAX_FILE_BYTES) {
    return refuse(
      `the file has ${byteLength(text)} bytes; a file of definitions has at most ${MAX_FILE_BYTES}`,
    );
  }
  const lines = new LineCounter();
  let documents: readonly Document[];
  try {
    // Keys are text whatever they look like; prettyErrors would repeat the place and an excerpt in the message.
    const options = { lineCounter: lines, prettyErrors: false, stringKeys: true, uniqueKeys: false } as const;
    documents = parseAllDocuments(text.replace(/^\uFEFF/, ''), { ...options, logLevel: 'silent' });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse('the lists and maps of the file are nested too deeply; a definition needs five levels');
  }
  if (documents.length === 0)
    return refuse('the file is empty; it must hold a definition: apiVersion: tidemark/v1, name, …');
  const results = documents.map((document) => parseDocument(document, lines, file));
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

function parseDocument(document: Document, lines: LineCounter, file: string) {
  const place: ParsedDefinition['place'] = (problem) => placeOf(document, lines, problem);
  const errors: LocatedError[] = [];
  const addYaml = ({ offset, message }: YamlProblem): void => {
    const { line, col } = lines.linePos(offset);
    errors.push({ file, line, column: col, path: '', message });
  };
  const syntax = [...document.errors, ...document.warnings].slice(0, 1).map(({ pos, message }) => ({
    offset: pos[0],
    message: syntaxMessage(message),
  }));
  syntax.forEach(addYaml);
  // After the first syntax error the rest of the document is guesswork: what it would report is noise.
  if (syntax.length > 0) return { definition: { file, sections: {}, place, spec: null }, errors };

  removeBadKeys(document, lines).forEach(addYaml);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const message = `aliases expand to more than ${MAX_ALIASES} copies or into themselves; write the values out`;
    addYaml({ offset: firstAlias(document)?.range?.[0] ?? 0, message });
    return { definition: { file, sections: {}, place, spec: null }, errors };
  }
  const { sections, whole, problems } = validate(value);
  for (const problem of problems) {
    errors.push({ file, ...place(problem), path: pathText(problem.path), message: problem.message });
  }
  const spec = whole && errors.length === 0 ? normalize(whole) : null;
  return { definition: { file, sections, place, spec }, errors };
}
