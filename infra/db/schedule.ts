import type { Client } from 'pg';
import { TidemarkError } from '../model/error';
import { cronJobName } from '../model/names';
import type { OwnedSchedule } from '../plan/owned';

/** Makes a pg_cron job exactly this. Needs pg_cron in this database; sub-minute schedules need pg_cron 1.5. */
export async function scheduleJob(client: Client, wanted: OwnedSchedule | null): Promise<void> {
  if (wanted === null) return;
  const version = await client.query<{ minor: number }>(
    // Debian's extversion of 1.4 is "1.4-1".
    `select v[2]::integer + 100 * v[1]::integer as minor
       from pg_extension cross join regexp_match(extversion, '^(\\d+)\\.(\\d+)') v where extname = 'pg_cron'`,
  );
  const installed = version.rows[0];
  if (installed === undefined) {
    throw new TidemarkError(
      'The extension pg_cron is not installed in this database, so nothing can be scheduled.',
      {
        hint: 'Deploy into the database that cron.database_name names, and create the extension there.',
      },
    );
  }
  if (/seconds?$/.test(wanted.schedule) && installed.minor < 105) {
    throw new TidemarkError(
      `The schedule "${wanted.schedule}" of job ${wanted.job} needs pg_cron 1.5 or later; this server has an older one.`,
      { hint: 'Use a five-field schedule such as "* * * * *".' },
    );
  }
  // `cron.schedule` changes neither `active` nor the database of a job that is there, and `cron.alter_job` is not granted
  // to everybody: such a job is made anew.
  await client.query(
    'select cron.unschedule(jobid) from cron.job where jobname = $1 and username = current_user and (not active or database <> current_database())',
    [wanted.job],
  );
  await client.query('select cron.schedule($1, $2, $3)', [wanted.job, wanted.schedule, wanted.command]);
}

/** Removes a rollup's pg_cron job, if there is one. */
export async function unscheduleJob(client: Client, name: string): Promise<void> {
  const cron = await client.query<{ present: boolean }>(
    `select to_regclass('cron.job') is not null as present`,
  );
  if (!cron.rows[0]?.present) return;
  await client.query('select cron.unschedule(jobid) from cron.job where jobname = $1', [cronJobName(name)]);
}
