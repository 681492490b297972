import type { Client } from 'pg';
import type { Owner } from '../../model/owner';
import type { OwnedSchedule } from '../../plan/owned';
import { executeStatements } from '../execute';
import { joinEngine, leaveEngine, type Ownership } from '../owners';
import { hasRelation } from '../relation';
import { cronVersion, jobStatements } from '../schedule';
import { INSTALL_LOCK, inTransaction } from '../transaction';
import { CURRENT, observeExtensions, updateExtensions } from './extensions';
import { readManifest } from './manifest';
import { migrate, readInstalled } from './migrate';
import { objectsInWords } from './objects';
import { ensureRequirements, type RequirementOptions } from './requirements';

/** What the engine is in the database, as plain data that a diff can compare. */
export interface EngineState {
  readonly version: number;
  /** `as released`, or which SQL objects are missing, of another version, were replaced by hand, or are not of this release. */
  readonly objects: string;
  /** `current`, or which extensions the server has newer versions of. */
  readonly extensions: string;
  /** By job name. */
  readonly jobs: Readonly<Record<string, OwnedSchedule | null>>;
}

/** The jobs that serve all rollups. Retries and metrics every minute; maintenance (partitions, retention, purge) once an hour. */
const JOBS: readonly OwnedSchedule[] = [
  {
    job: 'tidemark-retries',
    schedule: '* * * * *',
    command: 'call rollup.handle_rollup_retries()',
    active: true,
  },
  {
    job: 'tidemark-maintenance',
    schedule: '17 * * * *',
    command: 'call rollup.maintain_timeseries_tables()',
    active: true,
  },
  {
    job: 'tidemark-metrics',
    schedule: '* * * * *',
    command: 'call rollup.publish_metrics()',
    active: true,
  },
];

export const ENGINE_JOBS: readonly string[] = JOBS.map(({ job }) => job);

/** What this version of the code wants: pure, for inputs and previews. */
export function wantedEngine(): EngineState {
  return {
    version: readManifest().version,
    objects: 'as released',
    extensions: CURRENT,
    jobs: Object.fromEntries(JOBS.map((job) => [job.job, job])),
  };
}

/** Installs or upgrades the engine and its jobs; does nothing where all is there already. */
export async function applyEngine(
  client: Client,
  options: RequirementOptions & { readonly ownership?: Ownership },
): Promise<EngineState> {
  await ensureRequirements(client, options);
  await updateExtensions(client);
  await migrate(client);
  const { ownership } = options;
  if (ownership !== undefined) await joinEngine(client, ownership);
  if (options.schedule) {
    await inTransaction(client, async () => {
      const version = await cronVersion(client);
      for (const job of JOBS) await executeStatements(client, jobStatements(job, version));
    });
  }
  const state = await readEngine(client);
  if (state === null) throw new Error('the engine that was just installed is not there');
  return state;
}

/** Reads the engine back, or null if this database has none. */
export async function readEngine(client: Client): Promise<EngineState | null> {
  const installed = await readInstalled(client);
  if (installed === null) return null;
  return {
    version: installed.migrations.at(-1)?.version ?? 0,
    objects: objectsInWords(readManifest(), installed.objects),
    extensions: await observeExtensions(client),
    jobs: await readJobs(client),
  };
}

async function readJobs(client: Client): Promise<Record<string, OwnedSchedule | null>> {
  const jobs: Record<string, OwnedSchedule | null> = Object.fromEntries(JOBS.map((job) => [job.job, null]));
  if (!(await hasRelation(client, 'cron.job'))) return jobs;
  const rows = await client.query<OwnedSchedule>(
    'select jobname as job, schedule, command, active from cron.job where jobname = any ($1) and database = current_database()',
    [ENGINE_JOBS],
  );
  for (const row of rows.rows) jobs[row.job] = row;
  return jobs;
}

/**
 * Takes the engine's jobs out and leaves schema and data: they may still be read, and an apply brings the jobs back.
 * @param owner Who does not need it any more.
 * @returns false: the jobs stay, since others need them.
 */
export async function retireEngine(client: Client, owner: Owner | null = null): Promise<boolean> {
  return inTransaction(client, async () => {
    // As an apply does, so that nobody comes in between.
    await client.query('select pg_advisory_xact_lock($1, 0)', [INSTALL_LOCK]);
    if (await leaveEngine(client, owner)) return false;
    await unscheduleJobs(client);
    return true;
  });
}

/** The jobs that serve all rollups. */
export async function unscheduleJobs(client: Client): Promise<void> {
  if (!(await hasRelation(client, 'cron.job'))) return;
  await client.query(
    'select cron.unschedule(jobid) from cron.job where jobname = any ($1) and database = current_database()',
    [ENGINE_JOBS],
  );
}
