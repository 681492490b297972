import type { Client } from 'pg';
import { timed } from './measure';

/** Milliseconds of a refresh, as pg_cron would call it. */
export function refresh(client: Client, rollup: string): Promise<number> {
  return timed(() => client.query(`call rollup.perform_rollup('${rollup}')`));
}

/** Takes a rollup back to where it was right after its installation: nothing materialized. */
export async function startOver(client: Client, rollup: string): Promise<void> {
  const tiers = await client.query<{ suffix: string }>(
    'select suffix from rollup.timeseries_tier where rollup = $1',
    [rollup],
  );
  await client.query('begin');
  await client.query(`truncate ${tiers.rows.map((tier) => `silver."${rollup}_${tier.suffix}"`).join(', ')}`);
  await client.query(`delete from rollup."dirty_${rollup}"`);
  await client.query(`update rollup.timeseries_tier set coverage = '{}' where rollup = $1`, [rollup]);
  await client.query(
    `update rollup.timeseries_rollup_config
        set source_floor = null, batch_span = least(100 * interval '1 minute', interval '1 day'), lag = '0'
      where name = $1`,
    [rollup],
  );
  await client.query('commit');
}

/**
 * Moves the rollup's lag so that its next refresh finds ended exactly what lies before `until`. So minute after minute of
 * data that is there already becomes due, as if it had just been measured.
 */
export async function pretendNow(client: Client, rollup: string, until: string): Promise<void> {
  await client.query(
    `update rollup.timeseries_rollup_config set lag = clock_timestamp() - $2::timestamptz - interval '1 second' where name = $1`,
    [rollup, until],
  );
}

/** End of the newest whole minute of a source, less some minutes, as text. */
export async function minutesBeforeEnd(client: Client, source: string, minutes: number): Promise<string> {
  const result = await client.query<{ at: string }>(
    `select (date_bin('1 minute', max(ts), '2000-01-03 UTC') + (1 - $1::integer) * interval '1 minute')::text as at from raw.${source}`,
    [minutes],
  );
  return result.rows[0]?.at as string;
}

/** Ends the run if the two tables differ: a comparison with a wrong result would say nothing. */
export async function requireSame(client: Client, left: string, right: string): Promise<void> {
  const sums = (table: string) =>
    client.query<{ sums: string }>(
      `select row(count(*), sum(value__n), min(value__min), max(value__max), min(bucket), max(bucket))::text as sums from ${table}`,
    );
  const [a, b] = [(await sums(left)).rows[0]?.sums, (await sums(right)).rows[0]?.sums];
  if (a !== b) throw new Error(`${left} holds ${a}, ${right} holds ${b}`);
}
