/** One value for everything that a deployment brings into the database besides the definitions. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '../db/engine/manifest';
import { checksum } from '../model/checksum';

const SHOWN = 16;
let known: string | undefined;

/**
 * Checksum of the engine's SQL and of the compiler that makes the rollups' SQL. It stands in the inputs, so that an upgrade
 * of either updates what earlier versions have installed.
 */
export function engineChecksum(): string {
  if (known === undefined) {
    const compiler = join(__dirname, '..', 'compile');
    const files = readdirSync(compiler)
      .filter((name) => /(?<!\.d)\.[jt]s$/.test(name))
      .sort();
    const texts = files.map((name) => [name, readFileSync(join(compiler, name), 'utf8')]);
    known = checksum([readManifest(), texts]).slice(0, SHOWN);
  }
  return known;
}
