import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { validateCommand, validateDirectory } from '../../../infra/cli/validate';
import { BASE, change } from './bad/base';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidemark-validate-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
  process.exitCode = 0;
});

function run(options: { format?: string; isTTY?: boolean; noColor?: boolean } = {}) {
  const { format = 'text', isTTY = false, noColor = true } = options;
  let text = '';
  const output = { isTTY, write: (part: string) => (text += part) };
  const code = validateDirectory(directory, { format, output, noColor });
  return { code, text: text.replaceAll(directory, 'rollups') };
}

const BAD = change([
  ['name: sales', 'name:\tSales\u009b'],
  ['onDelete: retain', 'onDelete: no'],
]);

describe('tidemark validate', () => {
  test('the examples of this repository', () => {
    let text = '';
    const output = { write: (part: string) => (text += part) };
    const root = join(__dirname, '../../../rollups');
    expect(validateDirectory(root, { format: 'text', output, noColor: true })).toBe(0);
    expect(text).toBe('2 definitions in 2 files are valid\n');
  });

  test('counts what is valid', () => {
    writeFileSync(join(directory, 'a.yaml'), BASE);
    expect(run()).toEqual({ code: 0, text: '1 definition in 1 file is valid\n' });
    writeFileSync(join(directory, 'a.yaml'), `${BASE}---\n${change([['name: sales', 'name: b']])}`);
    expect(run()).toEqual({ code: 0, text: '2 definitions in 1 file are valid\n' });
  });

  test('prints one line an error where no terminal is', () => {
    writeFileSync(join(directory, 'a.yaml'), change([['onDelete: retain', 'onDelete: no']]));
    writeFileSync(join(directory, 'b.yaml'), '');
    expect(run()).toEqual({
      code: 1,
      text: [
        'rollups/a.yaml:21:11: onDelete is "no"; it must be retain or drop',
        'rollups/b.yaml:1:1: the file is empty; it must contain a definition: apiVersion: tidemark/v1, name, …',
        '2 errors in 2 files\n',
      ].join('\n'),
    });
  });

  test('shows the place on a terminal, tabs and control characters made harmless', () => {
    writeFileSync(join(directory, 'a.yaml'), BAD);
    expect(run({ isTTY: true }).text).toBe(
      [
        'rollups/a.yaml:2:7: name is "Sales\\u009b"; it must be a lower-case letter followed by lower-case letters, digits and underscores',
        '  name:\tSales\ufffd',
        '       \t^'.replace('       \t', '       \t'),
        'rollups/a.yaml:21:11: onDelete is "no"; it must be retain or drop',
        '  onDelete: no',
        '            ^',
        '2 errors in 1 file\n',
      ].join('\n'),
    );
  });

  test('colors only a terminal, and not with NO_COLOR', () => {
    writeFileSync(join(directory, 'a.yaml'), BAD);
    const colored = (options: Parameters<typeof run>[0]) => run(options).text.includes('\u001b[');
    expect(colored({ isTTY: true, noColor: false })).toBe(true);
    expect(colored({ isTTY: true, noColor: true })).toBe(false);
    expect(colored({ isTTY: false, noColor: false })).toBe(false);
  });

  test('reports as JSON', () => {
    writeFileSync(join(directory, 'a.yaml'), change([['onDelete: retain', 'onDelete: no']]));
    const { code, text } = run({ format: 'json', isTTY: true, noColor: false });
    expect(code).toBe(1);
    expect(JSON.parse(text)).toEqual({
      valid: false,
      definitions: [],
      errors: [
        {
          file: 'rollups/a.yaml',
          line: 21,
          column: 11,
          path: 'onDelete',
          message: 'onDelete is "no"; it must be retain or drop',
        },
      ],
    });
  });

  test('says when there is no directory', () => {
    rmSync(directory, { recursive: true });
    expect(run({ isTTY: true })).toEqual({
      code: 1,
      text: 'rollups:1:1: no such file or directory; give the directory with the definitions, or one of its files\n1 error in 1 file\n',
    });
    directory = mkdtempSync(join(tmpdir(), 'tidemark-validate-'));
  });

  test('is a command that sets the exit code and refuses other formats', () => {
    const command = validateCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    expect(() => command.parse(['--format', 'xml'], { from: 'user' })).toThrow(
      "error: option '--format <format>' argument 'xml' is invalid. Allowed choices are text, json.",
    );
  });
});
