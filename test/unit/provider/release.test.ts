import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { coveredModules, engineChecksum, withoutComments } from '../../../infra/provider/release';

/** The tokens of a program, comments and white space apart: two texts with the same tokens do the same. */
function tokens(text: string): readonly string[] {
  const file = ts.createSourceFile('a.ts', text, ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (node.getChildCount(file) === 0) found.push(node.getText(file));
    else for (const child of node.getChildren(file)) if (!ts.isJSDoc(child)) visit(child);
  };
  visit(file);
  return found;
}

const sourceOf = (module: string) =>
  readFileSync(join(__dirname, '../../../infra/provider', `${module}.ts`), 'utf8');

describe('the checksum of a release', () => {
  it('covers the compiler with its subfolders and all that it reads, and nothing of Pulumi or of reaching a server', () => {
    const modules = coveredModules();
    for (const module of [
      '../compile/index',
      '../compile/views',
      '../model/interval',
      '../model/names',
      '../plan/owned',
    ])
      expect(modules).toContain(module);
    expect(modules.filter((module) => /provider|connection|definition\/|aws|cli/.test(module))).toEqual([]);
  });

  it('does not change with a comment, and every file keeps all of its code', () => {
    for (const module of coveredModules()) {
      const text = sourceOf(module);
      expect([module, tokens(withoutComments(text))]).toEqual([module, tokens(text)]);
      const commented = `// one more\n/** and\n * another\n */\n\n${text}`;
      expect(withoutComments(commented)).toBe(withoutComments(text));
    }
  });

  it('is the same in every process', () => {
    expect(engineChecksum()).toMatch(/^[0-9a-f]{16}$/);
    expect(engineChecksum()).toBe(engineChecksum());
  });

  it('keeps what only looks like a comment', () => {
    expect(withoutComments('const a = `\n-- b\n`; // c\n')).toBe('const a = `\n-- b\n`; // c');
  });
});
