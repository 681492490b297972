import type { Client } from 'pg';
import { tierLines } from '../infra/cli/auditText';
import { counted, grouped, humanDuration } from '../infra/cli/output';
import { auditRollup } from '../infra/db/audit/audit';
import { TidemarkError } from '../infra/model/error';
import { OWN, ownStatus } from './own';
import { colors, say, since } from './terminal';

/** Compares every tier of the demo's rollups with the GROUP BY over raw.flights; ends the demo if a single value differs. */
export async function prove(client: Client, label: string, exemptions: 'told' | 'known'): Promise<void> {
  const started = Date.now();
  say(colors.bold(label));
  let rows = 0;
  let pending = 0;
  for (const name of OWN) {
    const audit = await auditRollup(client, name, {
      limit: 10,
      onTier: (tier) =>
        say(tierLines(exemptions === 'told' ? tier : { ...tier, exempt: [] }, colors).join('\n')),
    });
    const differences = audit.tiers.reduce((sum, tier) => sum + tier.differences, 0);
    if (differences > 0)
      throw new TidemarkError(
        `${counted(differences, 'key')} of ${name} ${differences === 1 ? 'differs' : 'differ'} from the source.`,
      );
    rows += audit.tiers.reduce((sum, tier) => sum + tier.goldRows, 0);
    pending += audit.pendingKeys;
  }
  const keys =
    pending === 0
      ? 'nothing was waiting for a refresh'
      : `${counted(pending, 'dirty key')} waiting for a refresh`;
  say(`${colors.green(`All ${grouped(rows)} rows equal`)}, ${keys}; checked in ${since(started)}.`);
}

interface Change {
  readonly what: string;
  readonly sql: string;
}

/** A moment this far, from 0 to 1, between the first and the last flight. */
const moment = (share: number) =>
  `(select min(departed_at) + ${share} * (max(departed_at) - min(departed_at)) from raw.flights)`;

/** The last day before a moment on which an airport has flights. */
const dayOf = (airport: string, share: number) =>
  `origin = '${airport}' and departed_at > (select max(departed_at) - interval '1 day' from raw.flights
     where origin = '${airport}' and departed_at <= ${moment(share)}) and departed_at <= ${moment(share)}`;

const CHANGES: readonly Change[] = [
  {
    what: 'insert: a late batch of 1,000 flights from the middle of the data',
    sql: `insert into raw.flights select departed_at + interval '30 seconds', delay + 15, distance, origin, destination
            from raw.flights where departed_at >= ${moment(0.5)} order by departed_at limit 1000`,
  },
  {
    what: 'update: one day of flights from Atlanta gets an hour more delay',
    sql: `update raw.flights set delay = delay + 60 where ${dayOf('ATL', 0.7)}`,
  },
  {
    what: 'delete: one day of flights from Dallas',
    sql: `delete from raw.flights where ${dayOf('DFW', 0.3)}`,
  },
];

/** Changes the past of raw.flights in three ways. */
export async function changeThePast(client: Client): Promise<void> {
  for (const { what, sql } of CHANGES) {
    const started = performance.now();
    const result = await client.query(sql);
    say(
      `${what}: ${counted(result.rowCount ?? 0, 'row')} in ${humanDuration((performance.now() - started) / 1000)}`,
    );
  }
}

/** The newest entry in the log of refreshes. */
export async function lastRefresh(client: Client): Promise<number> {
  const last = await client.query<{ id: number }>(
    'select coalesce(max(id), 0) as id from rollup.timeseries_refresh_log',
  );
  return last.rows[0]?.id ?? 0;
}

/** Refreshes the demo's rollups until no dirty key is left, and says what was done since an entry in the log. */
export async function refresh(client: Client, after: number): Promise<void> {
  say(colors.bold('A refresh, which pg_cron starts every minute anyway: call rollup.perform_rollup(…)'));
  const left = async () => (await ownStatus(client)).reduce((sum, one) => sum + (one.dirtyKeys ?? 0), 0);
  // pg_cron may be at it at this very moment: then the call returns at once, and is made again.
  do {
    for (const name of OWN) await client.query('call rollup.perform_rollup($1)', [name]);
  } while ((await left()) > 0);
  const log = await client.query<{ keys: number; written: number; removed: number; seconds: number }>(
    `select coalesce(sum(dirty_keys), 0)::bigint as keys, coalesce(sum(rows_written), 0)::bigint as written,
            coalesce(sum(rows_removed), 0)::bigint as removed, coalesce(sum(extract(epoch from finished_at - started_at)), 0)::float8 as seconds
       from rollup.timeseries_refresh_log where id > $1 and rollup = any($2)`,
    [after, OWN],
  );
  const { keys, written, removed, seconds } = log.rows[0] ?? { keys: 0, written: 0, removed: 0, seconds: 0 };
  say(
    `${counted(keys, 'dirty key')} recomputed, ${counted(written, 'aggregate')} written, ${grouped(removed)} removed: ` +
      `${humanDuration(seconds)} of work.`,
  );
}
