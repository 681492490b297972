import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TidemarkError } from '../plan/error';

export interface SqlFile {
  readonly path: string;
  readonly sha256: string;
}

/** sql/manifest.json: the explicit order and checksum of all SQL. */
export interface Manifest {
  /** Version of the engine's tables: the number of migrations. */
  readonly version: number;
  readonly migrations: readonly SqlFile[];
  readonly objects: readonly SqlFile[];
}

// dist/infra/db -> the package's root, both in this repository and installed in somebody's node_modules.
const SQL = join(__dirname, '..', '..', '..', 'sql');

/** Reads the manifest that ships with this version of the code. */
export function readManifest(): Manifest {
  try {
    return JSON.parse(readFileSync(join(SQL, 'manifest.json'), 'utf8')) as Manifest;
  } catch (cause) {
    throw new TidemarkError('sql/manifest.json is missing or unreadable: this installation of tidemark is not complete.', {
      cause,
      hint: 'Install the package again; in a checkout run `npm run build`.',
    });
  }
}

/** The SQL text of a file in the manifest. */
export function readSql(file: SqlFile): string {
  return readFileSync(join(SQL, file.path), 'utf8');
}
