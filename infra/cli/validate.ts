import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { createColors } from 'picocolors';
import type { LocatedError } from '../definition/errors';
import { type Loaded, loadDefinitions } from '../definition/load';

/** The part of a stream that the report needs. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const WIDEST_EXCERPT = 160;

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Without characters that a terminal would obey: names and lines come from files of anybody. */
function printable(text: string): string {
  return text.replace(/(?!\t)[\p{Cc}\u2028\u2029]/gu, '\ufffd');
}

function excerpt({ file, line, column }: LocatedError): readonly string[] {
  let text: string | undefined;
  try {
    text = readFileSync(file, 'utf8')
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)[line - 1];
  } catch {
    // The error is about a directory or an unreadable file: there is no line to show.
    return [];
  }
  if (text === undefined || column > WIDEST_EXCERPT) return [];
  // Tabs stay, so that the caret stands below its character whatever their width.
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return [printable(text.slice(0, WIDEST_EXCERPT)), `${indent}^`];
}

function summary({ definitions, errors, files }: Loaded): string {
  if (errors.length === 0) {
    return `${plural(definitions.length, 'definition')} in ${plural(files, 'file')} ${definitions.length === 1 ? 'is' : 'are'} valid`;
  }
  return `${plural(errors.length, 'error')} in ${plural(new Set(errors.map(({ file }) => file)).size, 'file')}`;
}

function writeText(loaded: Loaded, output: Output, noColor: boolean): void {
  const terminal = output.isTTY === true;
  const colors = createColors(terminal && !noColor);
  for (const error of loaded.errors) {
    const place = `${error.file}:${error.line}:${error.column}:`;
    output.write(`${colors.bold(printable(place))} ${printable(error.message)}\n`);
    if (!terminal) continue;
    const [line, caret] = excerpt(error);
    if (line !== undefined) output.write(`  ${colors.dim(line)}\n  ${colors.red(caret ?? '')}\n`);
  }
  const color = loaded.errors.length === 0 ? colors.green : colors.red;
  output.write(`${color(summary(loaded))}\n`);
}

function writeJson(loaded: Loaded, output: Output): void {
  const definitions = loaded.definitions.map(({ definition, file, line }) => ({
    name: definition.name,
    file,
    line,
  }));
  const report = { valid: loaded.errors.length === 0, definitions, errors: loaded.errors };
  output.write(`${JSON.stringify(report, null, 2)}\n`);
}

/** Checks a directory of definitions, or one file, and reports it; returns the exit code, 1 on any error. */
export function validateDirectory(
  directory: string,
  options: { readonly format: string; readonly output: Output; readonly noColor: boolean },
): 0 | 1 {
  const loaded = loadDefinitions(directory);
  if (options.format === 'json') writeJson(loaded, options.output);
  else writeText(loaded, options.output, options.noColor);
  return loaded.errors.length === 0 ? 0 : 1;
}

/** `tidemark validate [path]`: needs no database and no network. */
export function validateCommand(): Command {
  return new Command('validate')
    .description('check the definitions of a directory or of one file, without a database')
    .argument('[path]', 'directory with *.yaml and *.yml files, or one file', 'rollups')
    .addOption(new Option('--format <format>', 'how to report').choices(['text', 'json']).default('text'))
    .action((directory: string, { format }: { format: string }) => {
      // https://no-color.org: any value but the empty one.
      const noColor = Boolean(process.env['NO_COLOR']);
      process.exitCode = validateDirectory(directory, { format, output: process.stdout, noColor });
    });
}
