/** Versions of the Pulumi CLI, and which one the npm package `pulumi` stands for. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as path from 'node:path';

/** Orders two versions by their three numbers; what follows them (`-alpha`, `-dev`) does not matter here. */
export function compareVersions(left: string, right: string): number {
  const numbers = (version: string): number[] =>
    version.replace(/^v/, '').split(/[.+-]/).slice(0, 3).map(Number);
  const [a, b] = [numbers(left), numbers(right)];
  for (const at of [0, 1, 2]) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The package.json of the npm package `pulumi`, if it is installed. */
export function packageFile(root: string): string | undefined {
  try {
    return createRequire(path.join(root, 'package.json')).resolve('pulumi/package.json');
  } catch {
    return undefined;
  }
}

/** The version that the npm package `pulumi` downloads. */
export async function packageVersion(root: string): Promise<string | undefined> {
  const file = packageFile(root);
  if (file === undefined) return undefined;
  const content: unknown = JSON.parse(await readFile(file, 'utf8'));
  const version =
    typeof content === 'object' && content !== null && 'version' in content ? content.version : undefined;
  return typeof version === 'string' ? version : undefined;
}
