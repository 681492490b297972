import type { Client } from 'pg';
import { TidemarkError } from '../../model/error';
import { INSTALL_LOCK, inTransaction } from '../transaction';
import { type Manifest, readManifest, readSql } from './manifest';

export interface MigrationResult {
  readonly version: number;
  /** Paths of the migrations and objects that were run; empty if the engine was up to date. */
  readonly applied: readonly string[];
}

const BOOTSTRAP = `
create schema if not exists rollup;
create table if not exists rollup.migration (
  version integer primary key, path text not null, sha256 text not null, applied_at timestamptz not null default clock_timestamp());
create table if not exists rollup.object (
  path text primary key, sha256 text not null, applied_at timestamptz not null default clock_timestamp());`;

/**
 * Installs or upgrades the engine: installing is upgrading from zero. One transaction under an advisory lock, so two
 * at once serialize and a failure leaves the old state. Refuses a database that is newer than this code, and a
 * migration whose text changed after it was applied.
 */
export async function migrate(client: Client, manifest: Manifest = readManifest()): Promise<MigrationResult> {
  return inTransaction(client, async () => {
    await client.query('select pg_advisory_xact_lock($1, 0)', [INSTALL_LOCK]);
    const present = await client.query(`select to_regclass('rollup.migration') is not null as present`);
    // Not unconditionally: `create … if not exists` asks for CREATE on the database even when there is nothing to create.
    if (!present.rows[0].present) await client.query(BOOTSTRAP);
    const done = await client.query<{ version: number; path: string; sha256: string }>(
      'select version, path, sha256 from rollup.migration order by version',
    );
    refuseNewer(done.rows.at(-1)?.version ?? 0, manifest);
    const applied: string[] = [];
    for (const [index, file] of manifest.migrations.entries()) {
      const row = done.rows[index];
      if (row === undefined) {
        await client.query(readSql(file));
        await client.query('insert into rollup.migration (version, path, sha256) values ($1, $2, $3)', [
          index + 1,
          file.path,
          file.sha256,
        ]);
        applied.push(file.path);
      } else if (row.sha256 !== file.sha256) {
        throw new TidemarkError(
          `The migration ${file.path} was applied to this database with other contents: migrations are never edited, only added.`,
          { hint: 'Restore the file as it was released and put the change into a new migration.' },
        );
      }
    }
    const objects = await client.query<{ path: string; sha256: string }>(
      'select path, sha256 from rollup.object',
    );
    const known = new Map(objects.rows.map((row) => [row.path, row.sha256]));
    for (const file of manifest.objects) {
      if (known.get(file.path) === file.sha256) continue;
      await client.query(readSql(file));
      await client.query(
        `insert into rollup.object (path, sha256) values ($1, $2)
         on conflict (path) do update set sha256 = excluded.sha256, applied_at = clock_timestamp()`,
        [file.path, file.sha256],
      );
      applied.push(file.path);
    }
    return { version: manifest.version, applied };
  });
}

function refuseNewer(databaseVersion: number, manifest: Manifest): void {
  if (databaseVersion > manifest.version) {
    throw new TidemarkError(
      `The engine in this database is version ${databaseVersion}, newer than this code, which knows version ${manifest.version}.`,
      { hint: 'Upgrade tidemark to the version that installed it, or a later one.' },
    );
  }
}

/** Engine version in the database, or null if it is not installed. */
export async function installedVersion(client: Client): Promise<number | null> {
  const present = await client.query(`select to_regclass('rollup.migration') is not null as present`);
  if (!present.rows[0].present) return null;
  const result = await client.query<{ version: number }>(
    'select coalesce(max(version), 0) as version from rollup.migration',
  );
  return result.rows[0]?.version ?? null;
}
