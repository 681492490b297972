import type { Client } from 'pg';
import { TidemarkError } from '../plan/error';
import { cronJobName } from '../plan/names';
import type { OwnedSchedule } from '../plan/owned';

/** Makes a pg_cron job exactly this. Needs pg_cron in this database; sub-minute schedules need pg_cron 1.5. */
export async function scheduleJob(client: Client, wanted: OwnedSchedule | null): Promise<void> {
  if (wanted === null) return;
  const version = await client.query<{ minor: number }>(
    `select split_part(extversion, '.', 2)::integer + 100 * split_part(extversion, '.', 1)::integer as minor
       from pg_extension where extname = 'pg_cron'`,
  );
  const installed = version.rows[0];
  if (installed === undefined) {
    throw new TidemarkError('The extension pg_cron is not installed in this database, so nothing can be scheduled.', {
      hint: 'Deploy into the database that cron.database_name names, and create the extension there.',
    });
  }
  if (/seconds?$/.test(wanted.schedule) && installed.minor < 105) {
    throw new TidemarkError(
      `The schedule "${wanted.schedule}" of job ${wanted.job} needs pg_cron 1.5 or later; this server has an older one.`,
      { hint: 'Use a five-field schedule such as "* * * * *".' },
    );
  }
  const job = await client.query<{ id: string }>('select cron.schedule($1, $2, $3)::text as id', [wanted.job, wanted.schedule, wanted.command]);
  await client.query('select cron.alter_job($1::bigint, active := $2)', [job.rows[0]?.id, wanted.active]);
}

/** Removes a rollup's pg_cron job, if there is one. */
export async function unscheduleJob(client: Client, name: string): Promise<void> {
  const cron = await client.query<{ present: boolean }>(`select to_regclass('cron.job') is not null as present`);
  if (!cron.rows[0]?.present) return;
  await client.query('select cron.unschedule(jobid) from cron.job where jobname = $1', [cronJobName(name)]);
}
