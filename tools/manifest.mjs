// Writes sql/manifest.json: the explicit order of all SQL files, each with its SHA-256. `--check` only compares.
// Migrations are append-only; functions, procedures, views and aggregates are run again whenever their checksum changes.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sqlProblems } from './sqlRules.mjs';

const sql = join(dirname(fileURLToPath(import.meta.url)), '..', 'sql');
const manifestPath = join(sql, 'manifest.json');
const order = JSON.parse(readFileSync(join(sql, 'order.json'), 'utf8'));
const checksum = (path) =>
  createHash('sha256')
    .update(readFileSync(join(sql, path)))
    .digest('hex');
const list = (paths) => paths.map((path) => ({ path, sha256: checksum(path) }));

/** `rollup.<name>` of the view that a file makes; of a routine with the types of its input arguments. */
function identity(path) {
  const text = readFileSync(join(sql, path), 'utf8');
  const view = /^create or replace view (rollup\.\w+)/m.exec(text);
  if (view) return view[1];
  const routine =
    /^create or replace (function|procedure|aggregate) (rollup\.\w+)\s*\(([\s\S]*?)\)(?=\s*(?:\n|returns|language|\())/m.exec(
      text,
    );
  if (!routine) throw new Error(`${path} makes no function, procedure, aggregate or view that can be told`);
  const [, kind, name, list] = routine;
  const types = list
    .split(',')
    .map((argument) =>
      argument
        .trim()
        .replace(/\s+default\s.*$/, '')
        .replace(/\s+/g, ' '),
    )
    .filter((argument) => argument !== '' && !/^out /.test(argument))
    // An aggregate's arguments have no names here.
    .map((argument) => (kind === 'aggregate' ? argument : argument.replace(/^(?:in(?:out)? )?\w+ /, '')));
  return `${name}(${types.join(', ')})`;
}
const objects = (paths) => list(paths).map((file) => ({ ...file, identity: identity(file.path) }));

const listed = [...order.migrations, ...order.objects];
const files = readdirSync(sql, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((folder) => readdirSync(join(sql, folder.name)).map((file) => `${folder.name}/${file}`));
const found = [
  ...files.filter((path) => !listed.includes(path)).map((path) => `sql/order.json does not list ${path}.`),
  ...listed
    .filter((path, index) => listed.indexOf(path) < index)
    .map((path) => `sql/order.json lists ${path} twice.`),
  ...sqlProblems(order.objects.map((path) => ({ path, text: readFileSync(join(sql, path), 'utf8') }))),
];
if (found.length > 0) {
  console.error(found.join('\n'));
  process.exit(1);
}
const text = `${JSON.stringify({ version: order.migrations.length, migrations: list(order.migrations), objects: objects(order.objects) }, null, 2)}\n`;
if (process.argv.includes('--check')) {
  if (!existsSync(manifestPath) || readFileSync(manifestPath, 'utf8') !== text) {
    console.error('sql/manifest.json is stale: run `node tools/manifest.mjs` and commit the result.');
    process.exit(1);
  }
} else {
  writeFileSync(manifestPath, text);
}
