import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { counted, humanDuration } from '../infra/cli/output';
import { withConnection } from '../infra/connection/connect';
import type { RollupStatus } from '../infra/db/status';
import { TidemarkError } from '../infra/model/error';
import { OWN, ownStatus } from './own';
import { paragraph, progress, say, since } from './terminal';

const POLL_MS = 300;
const NO_PROGRESS_MS = 240_000;
const STEPS = 1000;

const share = (all: readonly RollupStatus[]) =>
  all.reduce((sum, one) => sum + (one.backfill ?? 0), 0) / Math.max(1, all.length);
const filled = (all: readonly RollupStatus[]) =>
  all.length === OWN.length && all.every((one) => one.backfill === 1 && one.dirtyKeys === 0);

/** Fills the tiers, with a progress bar: by the call that pg_cron makes every minute, made here without the wait for it. */
export async function backfill(client: Client, url: string): Promise<void> {
  const started = Date.now();
  if (filled(await ownStatus(client))) {
    say('All tiers are filled.');
    return;
  }
  say(
    paragraph(
      `The schedule of ${OWN.join(' and ')} is "* * * * *": pg_cron would fill them from the next full minute on, newest ` +
        'data first. The demo does not wait for it and makes the same call: call rollup.perform_rollup(…).',
    ),
  );
  const end = new AbortController();
  const calls = Promise.all(OWN.map((name) => refreshUntil(end.signal, url, name)));
  try {
    await Promise.race([calls, watch(client)]);
  } finally {
    end.abort();
  }
  await calls;
  say(`Filled in ${since(started)}: ${await work(client)}. From now on pg_cron refreshes them.`);
}

/** In a session of its own, so that the rollups are filled beside each other, as pg_cron fills them. */
async function refreshUntil(end: AbortSignal, url: string, name: string): Promise<void> {
  await withConnection({ url }, async (client) => {
    // The call returns at once while pg_cron is at it.
    while (!end.aborted) {
      await client.query('call rollup.perform_rollup($1)', [name]);
      await sleep(POLL_MS);
    }
  });
}

/** Shows how far they are until all are filled. */
async function watch(client: Client): Promise<void> {
  const bar = progress(STEPS, '');
  try {
    let last = { at: Date.now(), share: -1 };
    for (let all = await ownStatus(client); !filled(all); all = await ownStatus(client)) {
      const now = share(all);
      if (now !== last.share) last = { at: Date.now(), share: now };
      if (Date.now() - last.at > NO_PROGRESS_MS) throw stalled(all);
      bar.update(
        Math.floor(now * STEPS),
        all.map((one) => `${one.name} ${Math.floor((one.backfill ?? 0) * 100)} %`).join(', '),
      );
      await sleep(POLL_MS);
    }
  } finally {
    bar.stop();
  }
}

async function work(client: Client): Promise<string> {
  const log = await client.query<{ batches: number; seconds: number }>(
    `select count(*) as batches, sum(extract(epoch from finished_at - started_at))::float8 as seconds
       from rollup.timeseries_refresh_log where kind = 'backfill' and rollup = any($1)`,
    [OWN],
  );
  const { batches, seconds } = log.rows[0] ?? { batches: 0, seconds: 0 };
  return `${counted(batches, 'batch', 'batches')}, ${humanDuration(seconds)} of work`;
}

function stalled(all: readonly RollupStatus[]): TidemarkError {
  const reasons = all.flatMap((one) => (one.reason === null ? [] : [`${one.name}: ${one.reason}`]));
  return new TidemarkError('The backfill made no progress.', {
    hint:
      reasons.length > 0
        ? reasons.join('; ')
        : 'See: select * from rollup.timeseries_refresh_log order by started_at desc limit 5',
  });
}
