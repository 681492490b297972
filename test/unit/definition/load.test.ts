import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadDefinitions } from '../../../infra/definition/load';
import { parseDefinitions } from '../../../infra/definition/parse';
import { BASE, change } from './bad/base';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidemark-load-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function write(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
}

/** `file:line:column: message`, with the directory cut off. */
function errors(): readonly string[] {
  return loadDefinitions(directory).errors.map(({ file, line, column, message }) => {
    return `${file.slice(directory.length + 1)}:${line}:${column}: ${message}`;
  });
}

const named = (name: string): string => change([['name: sales', `name: ${name}`]]);

describe('a directory of definitions', () => {
  test('is read with all that is below it, sorted by name', () => {
    write({
      'b.yaml': named('zebra'),
      'a.yml': `${named('b2')}---\n${named('b10')}`,
      'deep/er/c.YAML': named('a'),
      'readme.md': 'not a definition',
      '.hidden.yaml': 'neither: this',
      '.git/x.yaml': 'nor: that',
    });
    const { definitions, errors: none, files } = loadDefinitions(directory);
    expect(none).toEqual([]);
    expect(files).toBe(3);
    expect(
      definitions.map(({ definition, file, line }) => [
        definition.name,
        file.slice(directory.length + 1),
        line,
      ]),
    ).toEqual([
      ['a', 'deep/er/c.YAML', 2],
      ['b10', 'a.yml', 24],
      ['b2', 'a.yml', 2],
      ['zebra', 'b.yaml', 2],
    ]);
  });

  test('may hold links, even in a circle', () => {
    write({ 'a.yaml': named('a'), 'elsewhere.txt': named('b') });
    symlinkSync(directory, join(directory, 'loop'));
    symlinkSync(join(directory, 'elsewhere.txt'), join(directory, 'b.yaml'));
    expect(loadDefinitions(directory).definitions.map(({ definition }) => definition.name)).toEqual([
      'a',
      'b',
    ]);
  });

  test('gives all errors of all files, in order of file, line and column', () => {
    write({
      'b.yaml': 'dimensions: [',
      'a.yaml': change([
        ['name: sales', 'name: Sales'],
        ['onDelete: retain', 'onDelete: keep'],
      ]),
      'c/d.yaml': '',
    });
    expect(errors()).toEqual([
      'a.yaml:2:7: name is "Sales"; it must be a lower-case letter followed by lower-case letters, digits and underscores',
      'a.yaml:21:11: onDelete is "keep"; it must be retain or drop',
      'b.yaml:1:14: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      'c/d.yaml:1:1: the file is empty; it must contain a definition: apiVersion: tidemark/v1, name, …',
    ]);
  });

  test('keeps the good definitions beside bad ones', () => {
    write({ 'a.yaml': named('a'), 'b.yaml': 'x' });
    const { definitions, errors: found } = loadDefinitions(directory);
    expect(definitions.map(({ definition }) => definition.name)).toEqual(['a']);
    expect(found).toHaveLength(1);
  });

  test('has each name once', () => {
    write({ 'a.yaml': BASE, 'b.yaml': `# a comment\n${BASE}` });
    expect(errors()).toEqual([
      `b.yaml:3:7: name is "sales", which ${directory}/a.yaml:2 has too; each rollup must have a name of its own`,
    ]);
  });

  test('finds a name twice in one file, and in a definition with other mistakes', () => {
    write({ 'a.yaml': `${BASE}---\n${change([['onDelete: retain', 'onDelete: no']])}` });
    expect(errors()).toEqual([
      `a.yaml:24:7: name is "sales", which ${directory}/a.yaml:2 has too; each rollup must have a name of its own`,
      'a.yaml:43:11: onDelete is "no"; it must be retain or drop',
    ]);
  });

  test('says the same of one source everywhere', () => {
    write({
      'a.yaml': BASE,
      'b.yaml': change([
        ['name: sales', 'name: b'],
        ['raw.sales', 'RAW."sales"'],
        ['time: at', 'time: sold_at'],
        ['    at: timestamptz', '    sold_at: timestamptz'],
        ['every: 1 month,', 'every: 1 week,'],
      ]),
    });
    const all = 'all definitions of "raw.sales" that give it must say the same';
    expect(errors()).toEqual([
      `b.yaml:5:9: source.time differs from ${directory}/a.yaml:5; ${all}`,
      `b.yaml:7:5: source.columns differs from ${directory}/a.yaml:7; ${all}`,
      `b.yaml:11:14: source.partition differs from ${directory}/a.yaml:11; ${all}`,
    ]);
  });

  test('may leave out what another definition of the source says, or say it otherwise', () => {
    const columns = BASE.slice(BASE.indexOf('  columns:'), BASE.indexOf('  partition:'));
    write({
      'a.yaml': change([
        ['name: sales', 'name: a'],
        [columns, ''],
        ['  partition: { every: 1 month, retention: 2 years }\n', ''],
      ]),
      'b.yaml': named('b'),
      'c.yaml': change([
        ['name: sales', 'name: c'],
        ['2 years', 'P24M'],
        ['numeric', 'DECIMAL'],
      ]),
    });
    expect(errors()).toEqual([]);
  });

  test('must exist', () => {
    expect(loadDefinitions(join(directory, 'none')).errors.map(({ message }) => message)).toEqual([
      'no such file or directory; give the directory with the definitions, or one of its files',
    ]);
  });

  test('may be one file of it, whatever its name', () => {
    write({ 'a.yaml': named('a'), 'b.txt': named('b'), 'c.yaml': 'name: [' });
    const load = (file: string) => loadDefinitions(join(directory, file));
    expect(load('b.txt')).toMatchObject({
      files: 1,
      errors: [],
      definitions: [{ definition: { name: 'b' } }],
    });
    expect(load('c.yaml').errors).toMatchObject([{ file: join(directory, 'c.yaml'), line: 1 }]);
  });

  test('must hold a definition', () => {
    write({ 'readme.md': '' });
    const empty = 'no definitions here; a directory needs at least one *.yaml or *.yml file';
    expect(loadDefinitions(directory).errors).toEqual([
      { file: directory, line: 1, column: 1, path: '', message: empty },
    ]);
  });

  test('may not hold what is no definition file', () => {
    write({ 'a.yaml': Buffer.from([0xff, 0xfe, 0x41]), 'b.yaml': Buffer.alloc(1_000_001, '#') });
    expect(errors()).toEqual([
      'a.yaml:1:1: the file is not UTF-8 text; definitions must be',
      'b.yaml:1:1: the file has 1000001 bytes; a file of definitions has at most 1000000',
    ]);
  });

  test('reads a thousand files', async () => {
    // Written without holding up the process: on a busy disk that took longer than the runner waits for a worker's word.
    for (let index = 0; index < 1000; index += 1)
      await writeFile(join(directory, `r${index}.yaml`), named(`r${index}`));
    const { definitions, errors: none } = loadDefinitions(directory);
    expect(none).toEqual([]);
    expect(definitions).toHaveLength(1000);
  });
});

test('the definition that docs/definition.md shows is valid', () => {
  const page = readFileSync(join(__dirname, '../../../docs/definition.md'), 'utf8');
  const example = /^```yaml\n(.*?)^```/ms.exec(page)?.[1] ?? '';
  const { definitions, errors: none } = parseDefinitions(example, 'docs/definition.md');
  expect(none).toEqual([]);
  expect(definitions[0]?.definition?.tiers.map(({ suffix }) => suffix)).toEqual(['1h', '1d']);
});

describe('a hostile file', () => {
  const deep = 'the lists and maps of the file are nested more than 100 deep; a definition needs five';
  const ladder = Array.from({ length: 300 }, (_, index) => `${' '.repeat(index)}a:`).join('\n');
  test.each([
    ['brackets', '['.repeat(1_000_000)],
    ['braces', '{a: '.repeat(100_000)],
    ['brackets on lines', '[\n'.repeat(400_000)],
    ['dashes', '- '.repeat(400_000)],
    ['question marks', '? '.repeat(400_000)],
    ['indentation', ladder],
  ])('of nested %s is refused', (_, text) => {
    expect(parseDefinitions(text, 'a.yaml').errors.map(({ message }) => message)).toEqual([deep]);
  });

  test.each([
    ['keys', Array.from({ length: 60_000 }, (_, index) => `key${index}: 1\n`).join('')],
    ['items', `dimensions: [${'1,'.repeat(59_999)}]`],
    ['duplicate keys', 'key: 1\n'.repeat(60_000)],
  ])('of 60,000 %s is refused', (_, text) => {
    expect(parseDefinitions(text, 'a.yaml').errors.map(({ message }) => message)).toEqual([
      'the document has 60000 keys and list items; a definition has at most 5000',
    ]);
  });

  test('of more than a megabyte is refused unread', () => {
    expect(parseDefinitions('#'.repeat(1_000_001), 'a.yaml').errors.map(({ message }) => message)).toEqual([
      'the file has 1000001 bytes; a file of definitions has at most 1000000',
    ]);
  });
});
