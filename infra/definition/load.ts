/** A directory of definitions, read in one run. */
import { isUtf8 } from 'node:buffer';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RollupDefinition } from '../model/definition';
import { checkTogether } from './crossChecks';
import { byCodeUnit, compareErrors, type LocatedError } from './errors';
import { MAX_FILE_BYTES, sizeMessage } from './limits';
import { type ParsedFile, parseDefinitions } from './parse';

export interface LoadedDefinition {
  readonly definition: RollupDefinition;
  readonly file: string;
  /** Of the rollup's name. */
  readonly line: number;
}

export interface Loaded {
  /** Sorted by name; only the definitions without errors of their own. */
  readonly definitions: readonly LoadedDefinition[];
  /** In order of file, line, column. */
  readonly errors: readonly LocatedError[];
  /** How many files of definitions were read. */
  readonly files: number;
}

function fileError(file: string, message: string): LocatedError {
  return { file, line: 1, column: 1, path: '', message };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Paths of all *.yaml and *.yml below a directory, links followed once; hidden entries are skipped. */
function findFiles(directory: string, visited = new Set<string>()): readonly string[] {
  const real = realpathSync(directory);
  if (visited.has(real)) return [];
  visited.add(real);
  const names = readdirSync(directory).filter((name) => !name.startsWith('.'));
  return names.flatMap((name) => {
    const path = join(directory, name).replaceAll('\\', '/');
    if (statSync(path).isDirectory()) return findFiles(path, visited);
    return /\.ya?ml$/i.test(name) ? [path] : [];
  });
}

function readDefinitions(file: string): ParsedFile {
  const refuse = (message: string): ParsedFile => ({ definitions: [], errors: [fileError(file, message)] });
  try {
    const { size } = statSync(file);
    // Judged before it is read: a file that does not belong here may be of any size.
    if (size > MAX_FILE_BYTES) return refuse(sizeMessage(size));
    const bytes = readFileSync(file);
    if (!isUtf8(bytes)) return refuse('the file is not UTF-8 text; definitions must be');
    return parseDefinitions(bytes.toString('utf8'), file);
  } catch (error) {
    return refuse(`the file cannot be read: ${reason(error)}`);
  }
}

/**
 * Reads every definition below a directory: all errors of all files in one run, never an exception for one. A file stands
 * for itself, whatever its name.
 */
export function loadDefinitions(directory: string): Loaded {
  const failed = (message: string): Loaded => ({
    definitions: [],
    errors: [fileError(directory, message)],
    files: 0,
  });
  if (!existsSync(directory))
    return failed('no such file or directory; give the directory with the definitions, or one of its files');
  let paths: readonly string[];
  try {
    paths = statSync(directory).isDirectory() ? findFiles(directory) : [directory];
  } catch (error) {
    return failed(`the directory of definitions cannot be read: ${reason(error)}`);
  }
  if (paths.length === 0)
    return failed('no definitions here; a directory needs at least one *.yaml or *.yml file');
  const files = [...paths].sort(byCodeUnit).map(readDefinitions);
  const parsed = files.flatMap((file) => file.definitions);
  const definitions = parsed.flatMap(({ definition, file, place }) => {
    return definition ? [{ definition, file, line: place({ path: ['name'] }).line }] : [];
  });
  return {
    definitions: definitions.sort((a, b) => byCodeUnit(a.definition.name, b.definition.name)),
    errors: [...files.flatMap((file) => file.errors), ...checkTogether(parsed)].sort(compareErrors),
    files: files.length,
  };
}
