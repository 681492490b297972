import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { counted, humanDuration } from '../infra/cli/output';
import { type RollupStatus, readStatus } from '../infra/db/status';
import { TidemarkError } from '../infra/model/error';
import { paragraph, progress, say, since } from './terminal';

const POLL_MS = 300;
/** Long past the minute that pg_cron may take to start. */
const NO_PROGRESS_MS = 240_000;
const STEPS = 1000;
/** A minute, and time for the start. */
const MISSED_MS = 75_000;

const share = (all: readonly RollupStatus[]) =>
  all.reduce((sum, one) => sum + (one.backfill ?? 0), 0) / Math.max(1, all.length);
const filled = (all: readonly RollupStatus[]) =>
  all.length > 0 && all.every((one) => one.backfill === 1 && one.dirtyKeys === 0);

/** Waits, with a progress bar, while pg_cron fills the tiers. Nothing here starts a refresh. */
export async function waitForBackfill(client: Client): Promise<void> {
  const started = Date.now();
  let all = await readStatus(client);
  if (filled(all)) {
    say('All tiers are filled.');
    return;
  }
  const clock = await client.query<{ seconds: number }>(
    'select ceil(60 - extract(second from clock_timestamp()))::integer as seconds',
  );
  const names = all.map((one) => one.name).join(' and ');
  say(
    paragraph(
      `The schedule of ${names} is "* * * * *": pg_cron starts in ${humanDuration(clock.rows[0]?.seconds ?? 60)}, ` +
        'at the full minute, with the newest data.',
    ),
  );
  const bar = progress(STEPS, '');
  let announced = started;
  try {
    for (let last = { at: Date.now(), share: -1 }; !filled(all); all = await readStatus(client)) {
      const now = share(all);
      if (now !== last.share) last = { at: Date.now(), share: now };
      if (Date.now() - last.at > NO_PROGRESS_MS) throw stalled(all);
      bar.update(
        Math.floor(now * STEPS),
        all.map((one) => `${one.name} ${Math.floor((one.backfill ?? 0) * 100)} %`).join(', '),
      );
      if (all.some((one) => one.lastSuccessAt === null) && Date.now() - announced > MISSED_MS) {
        announced = Date.now();
        await announce(client);
      }
      await sleep(POLL_MS);
    }
  } finally {
    bar.stop();
  }
  say(`Filled by pg_cron in ${since(started)}, the wait for the minute included; ${await work(client)}.`);
}

/**
 * Tells pg_cron of its jobs again: it can overlook one that is scheduled while it reads the list of jobs, until the list
 * changes the next time (citusdata/pg_cron issue 362).
 */
async function announce(client: Client): Promise<void> {
  await client.query(
    `select cron.schedule(jobname, schedule, command) from cron.job where jobname like 'tidemark:%'`,
  );
}

async function work(client: Client): Promise<string> {
  const log = await client.query<{ batches: number; seconds: number }>(
    `select count(*) as batches, sum(extract(epoch from finished_at - started_at))::float8 as seconds
       from rollup.timeseries_refresh_log where kind = 'backfill'`,
  );
  const { batches, seconds } = log.rows[0] ?? { batches: 0, seconds: 0 };
  return `${counted(batches, 'batch', 'batches')} in ${humanDuration(seconds)} of work`;
}

function stalled(all: readonly RollupStatus[]): TidemarkError {
  const reasons = all.flatMap((one) => (one.reason === null ? [] : [`${one.name}: ${one.reason}`]));
  return new TidemarkError('The backfill makes no progress.', {
    hint:
      reasons.length > 0
        ? reasons.join('; ')
        : 'See: select * from cron.job_run_details order by start_time desc limit 5',
  });
}
