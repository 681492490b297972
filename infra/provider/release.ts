/** One value for everything that a deployment brings into the database besides the definitions. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { readManifest } from '../db/engine/manifest';
import { checksum } from '../model/checksum';

const SHOWN = 16;
/** Where everything begins that decides what the SQL of a rollup is: the compiler, and the plan that an apply executes. */
const ROOTS = ['../compile/index', '../db/rollup/plan'];
const IMPORT = /(?:\bfrom|\brequire\()\s*['"](\.{1,2}\/[^'"]+)['"]/g;

let known: string | undefined;

/** The file of a module, in the sources or compiled, or in a folder of that name. */
function fileOf(module: string): string {
  const candidates = ['.ts', '.js', '/index.ts', '/index.js'].map((end) => `${module}${end}`);
  const file = candidates.find(existsSync);
  if (file === undefined) throw new Error(`${module} is no module of this installation`);
  return file;
}

/**
 * A program's text without its comments, as far as they have lines of their own, and without blank lines: what cannot change
 * what it does. A comment behind code stays; it is code's own text that must never be taken for a comment.
 */
export function withoutComments(text: string): string {
  let inside = false;
  const kept = text.split('\n').filter((line) => {
    const bare = line.trim();
    if (inside) {
      inside = !bare.includes('*/');
      return false;
    }
    if (bare.startsWith('/*')) {
      inside = !bare.includes('*/');
      return inside ? false : !bare.endsWith('*/');
    }
    return bare !== '' && !bare.startsWith('//');
  });
  return kept.join('\n');
}

/** The modules that these import, directly or not, with themselves, by path from this folder. */
function textsFrom(roots: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const queue = roots.map((root) => join(__dirname, root));
  for (let module = queue.shift(); module !== undefined; module = queue.shift()) {
    const file = fileOf(module);
    const name = relative(__dirname, file)
      .replaceAll('\\', '/')
      .replace(/\.[jt]s$/, '');
    if (found.has(name)) continue;
    const text = readFileSync(file, 'utf8');
    found.set(name, withoutComments(text));
    for (const [, path = ''] of text.matchAll(IMPORT)) queue.push(join(dirname(file), path));
  }
  return found;
}

/**
 * Checksum of the engine's SQL and of all code that decides what a rollup's SQL is. It stands in the inputs, so that an
 * upgrade of either updates what earlier versions have installed, and nothing else does.
 */
export function engineChecksum(): string {
  if (known === undefined) {
    const texts = [...textsFrom(ROOTS)].sort(([a], [b]) => (a < b ? -1 : 1));
    known = checksum([readManifest(), texts]).slice(0, SHOWN);
  }
  return known;
}

/** Names of the modules that the checksum covers, for tests. */
export function coveredModules(): readonly string[] {
  return [...textsFrom(ROOTS).keys()].sort();
}
