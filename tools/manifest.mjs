// Writes sql/manifest.json: the explicit order of all SQL files, each with its SHA-256. `--check` only compares.
// Migrations are append-only; functions, procedures and views are run again whenever their checksum changes.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sql = join(dirname(fileURLToPath(import.meta.url)), '..', 'sql');
const manifestPath = join(sql, 'manifest.json');
const order = JSON.parse(readFileSync(join(sql, 'order.json'), 'utf8'));
const checksum = (path) =>
  createHash('sha256')
    .update(readFileSync(join(sql, path)))
    .digest('hex');
const list = (paths) => paths.map((path) => ({ path, sha256: checksum(path) }));
const text = `${JSON.stringify({ version: order.migrations.length, migrations: list(order.migrations), objects: list(order.objects) }, null, 2)}\n`;
if (process.argv.includes('--check')) {
  if (!existsSync(manifestPath) || readFileSync(manifestPath, 'utf8') !== text) {
    console.error('sql/manifest.json is stale: run `node tools/manifest.mjs` and commit the result.');
    process.exit(1);
  }
} else {
  writeFileSync(manifestPath, text);
}
