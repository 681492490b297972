import type { Client } from 'pg';
import { checksum } from '../../model/checksum';
import { TidemarkError } from '../../model/error';
import { type Plan, type Step, statement, step } from '../../plan/plan';
import { executePlan } from '../execute';
import { hasRelation } from '../relation';
import { INSTALL_LOCK, inTransaction } from '../transaction';
import { type Manifest, readManifest, readSql } from './manifest';
import { type InstalledObject, installedObjects, RECORD } from './objects';

export interface MigrationResult {
  readonly version: number;
  /** Paths of the migrations and objects that were run or dropped; empty if the engine was up to date. */
  readonly applied: readonly string[];
}

const BOOTSTRAP = `
create schema if not exists rollup;
create table if not exists rollup.migration (
  version integer primary key, path text not null, sha256 text not null, applied_at timestamptz not null default clock_timestamp());
create table if not exists rollup.object (
  path text primary key, sha256 text not null, applied_at timestamptz not null default clock_timestamp());`;

/** The tables that the engine has by its migrations, qualified; some may not be there yet. */
export function engineTables(manifest: Manifest = readManifest()): readonly string[] {
  const texts = [BOOTSTRAP, ...manifest.migrations.map(readSql)];
  return texts.flatMap((text) =>
    [...text.matchAll(/^create table (?:if not exists )?(rollup\.\w+)/gm)].map(([, name = '']) => name),
  );
}

/** What is there of an engine; null: nothing. */
export interface InstalledEngine {
  /** In the order of their versions. */
  readonly migrations: readonly {
    readonly version: number;
    readonly path: string;
    readonly sha256: string;
  }[];
  readonly objects: readonly InstalledObject[];
}

/** Reads what is there of an engine, or null if this database has none. */
export async function readInstalled(client: Client): Promise<InstalledEngine | null> {
  if (!(await hasRelation(client, 'rollup.migration'))) return null;
  const migrations = await client.query<InstalledEngine['migrations'][number]>(
    'select version, path, sha256 from rollup.migration order by version',
  );
  return { migrations: migrations.rows, objects: await installedObjects(client) };
}

/**
 * Installs or upgrades the engine: installing is upgrading from zero. One transaction under an advisory lock, so two
 * at once serialize and a failure leaves the old state. Refuses a database that is newer than this code, and a
 * migration whose text changed after it was applied.
 */
export async function migrate(client: Client, manifest: Manifest = readManifest()): Promise<MigrationResult> {
  return inTransaction(client, async () => {
    await client.query('select pg_advisory_xact_lock($1, 0)', [INSTALL_LOCK]);
    const plan = planEngine(manifest, await readInstalled(client));
    await executePlan(client, plan);
    // The first step only makes the tables in which the others are recorded.
    const applied = plan.steps.map(({ title }) => title).filter((title) => title !== FIRST);
    return { version: manifest.version, applied };
  });
}

const FIRST = 'begin the record of what is installed';

/** Pure: the files that are run, in their order, and what is dropped because its file has left the manifest. */
export function planEngine(manifest: Manifest, installed: InstalledEngine | null): Plan {
  refuseOther(manifest, installed);
  const done = installed?.migrations.length ?? 0;
  const migrations = manifest.migrations
    .slice(done)
    .map((file, index) =>
      step(file.path, [
        statement(readSql(file)),
        statement(
          'insert into rollup.migration (version, path, sha256) values ($1, $2, $3)',
          done + index + 1,
          file.path,
          file.sha256,
        ),
      ]),
    );
  const known = new Map((installed?.objects ?? []).map((object) => [object.path, object]));
  const objects = manifest.objects.filter((file) => {
    const object = known.get(file.path);
    return object?.sha256 !== file.sha256 || object.present === null || object.present !== object.recorded;
  });
  const steps = [
    // Not unconditionally: `create … if not exists` asks for CREATE on the database even when there is nothing to create.
    ...(installed === null ? [step(FIRST, [statement(BOOTSTRAP)])] : []),
    ...migrations,
    ...objects.map((file) =>
      step(file.path, [statement(readSql(file)), statement(RECORD, file.path, file.sha256, file.identity)]),
    ),
    ...leftOver(manifest, installed),
  ];
  return { steps, basis: checksum({ manifest, installed }) };
}

/** Objects whose files are no longer in the manifest. What something still depends on stays until a later upgrade. */
function leftOver(manifest: Manifest, installed: InstalledEngine | null): readonly Step[] {
  const paths = new Set(manifest.objects.map((file) => file.path));
  const identities = new Set(manifest.objects.map((file) => file.identity));
  return (installed?.objects ?? [])
    .filter(({ path, used }) => !paths.has(path) && !used)
    .map(({ path, identity, present }) => {
      const gone = identity === null || present === null || identities.has(identity);
      const what = identity?.includes('(') ? 'routine' : 'view';
      return step(path, [
        ...(gone ? [] : [statement(`drop ${what} ${identity}`)]),
        statement('delete from rollup.object where path = $1', path),
      ]);
    });
}

function refuseOther(manifest: Manifest, installed: InstalledEngine | null): void {
  const version = installed?.migrations.at(-1)?.version ?? 0;
  if (version > manifest.version) {
    throw new TidemarkError(
      `The engine in this database is version ${version}, newer than this code, which knows version ${manifest.version}.`,
      { hint: 'Upgrade tidemark to the version that installed it, or a later one.' },
    );
  }
  for (const [index, row] of (installed?.migrations ?? []).entries()) {
    const file = manifest.migrations[index];
    if (file !== undefined && row.sha256 !== file.sha256) {
      throw new TidemarkError(
        `The migration ${file.path} was applied to this database with other contents: migrations are never edited, only added.`,
        { hint: 'Restore the file as it was released and put the change into a new migration.' },
      );
    }
  }
}
