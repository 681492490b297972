import type { Client } from 'pg';
import { TidemarkError } from '../model/error';
import type { OwnedSchedule } from '../plan/owned';
import { type Statement, statement } from '../plan/plan';

/** Whether this database has pg_cron, and its version as 100 × major + minor; null where it has none. */
export async function cronVersion(client: Client): Promise<number | null> {
  const found = await client.query<{ version: number }>(
    // Debian's extversion of 1.4 is "1.4-1".
    `select v[2]::integer + 100 * v[1]::integer as version
       from pg_extension cross join regexp_match(extversion, '^(\\d+)\\.(\\d+)') v where extname = 'pg_cron'`,
  );
  return found.rows[0]?.version ?? null;
}

/** Statements that make a pg_cron job exactly this. Refuses a database without pg_cron, and seconds before pg_cron 1.5. */
export function jobStatements(wanted: OwnedSchedule, version: number | null): readonly Statement[] {
  if (version === null) {
    throw new TidemarkError(
      'The extension pg_cron is not installed in this database, so nothing can be scheduled.',
      {
        hint: 'Deploy into the database that cron.database_name names, and create the extension there.',
      },
    );
  }
  if (/seconds?$/.test(wanted.schedule) && version < 105) {
    throw new TidemarkError(
      `The schedule "${wanted.schedule}" of job ${wanted.job} needs pg_cron 1.5 or later; this server has an older one.`,
      { hint: 'Use a five-field schedule such as "* * * * *".' },
    );
  }
  return [
    // `cron.schedule` changes neither `active` nor the database of a job that is there, and `cron.alter_job` is not granted
    // to everybody: such a job is made anew.
    statement(
      'select cron.unschedule(jobid) from cron.job where jobname = $1 and username = current_user and (not active or database <> current_database())',
      wanted.job,
    ),
    statement('select cron.schedule($1, $2, $3)', wanted.job, wanted.schedule, wanted.command),
  ];
}
