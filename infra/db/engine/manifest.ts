import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TidemarkError } from '../../model/error';

export interface SqlFile {
  readonly path: string;
  readonly sha256: string;
}

/** A file that makes one object. */
export interface ObjectFile extends SqlFile {
  /** `rollup.<name>` of a view; of a function, procedure or aggregate with the types of its arguments in parentheses. */
  readonly identity: string;
}

/** sql/manifest.json: the explicit order and checksum of all SQL. */
export interface Manifest {
  /** Version of the engine's tables: the number of migrations. */
  readonly version: number;
  readonly migrations: readonly SqlFile[];
  readonly objects: readonly ObjectFile[];
}

// The package's root is found by what lies in it: from infra/db (tests run the sources), from dist/infra/db, and in
// somebody's node_modules alike.
function sqlDirectory(): string {
  for (let directory = __dirname; ; directory = dirname(directory)) {
    const sql = join(directory, 'sql');
    if (existsSync(join(sql, 'manifest.json')) || directory === dirname(directory)) return sql;
  }
}

const SQL = sqlDirectory();

/** Reads the manifest that ships with this version of the code. */
export function readManifest(): Manifest {
  try {
    return JSON.parse(readFileSync(join(SQL, 'manifest.json'), 'utf8')) as Manifest;
  } catch (cause) {
    throw new TidemarkError(
      'sql/manifest.json is missing or unreadable: this installation of tidemark is not complete.',
      {
        cause,
        hint: 'Install the package again; in a checkout run `npm run build`.',
      },
    );
  }
}

/** The SQL text of a file in the manifest. */
export function readSql(file: SqlFile): string {
  return readFileSync(join(SQL, file.path), 'utf8');
}
