import type { Client } from 'pg';
import { applyRollup } from '../../../infra/db/rollup/apply';
import type { CompiledRollup } from '../../../infra/model/compiled';
import type { RollupDefinition, TierDefinition } from '../../../infra/model/definition';
import { compiledFor } from '../../helpers/database';
import { day } from '../../helpers/fixture';

export const HOUR: TierDefinition = { every: '1 hour', timeZone: null, retention: null, suffix: '1h' };
/** Its buckets straddle every partition edge, which lies at midnight UTC. */
export const DAY: TierDefinition = {
  every: '1 day',
  timeZone: 'America/New_York',
  retention: null,
  suffix: '1d',
};

/**
 * Two days ago: what lies before it does not change by time alone. One instant for a whole file, so that a comparison of
 * before and after means the same rows, whatever hour ends in between.
 */
export const SETTLED = day(-2);

export interface Wanted {
  readonly name?: string;
  readonly table?: string;
  readonly tiers?: readonly TierDefinition[];
  /** Retention of the source; its partitions are of a month. null: kept for ever. undefined: a plain table. */
  readonly retention?: string | null;
}

export function definition(wanted: Wanted = {}): RollupDefinition {
  const { name = 'm', table = 'src', tiers = [HOUR, DAY], retention } = wanted;
  return {
    name,
    source: {
      table: { schema: 'raw', table },
      time: 'ts',
      columns: null,
      partition: retention === undefined ? null : { every: '1 month', retention },
      capture: 'statements',
    },
    dimensions: ['k'],
    measures: [
      { column: 'v', aggregates: ['count', 'sum', 'avg', 'min', 'max', 'stddev', 'first', 'last'] },
      { column: 'f', aggregates: ['stddev'] },
      { column: '*', aggregates: ['count'] },
    ],
    tiers,
    refresh: { schedule: '* * * * *', lag: '0 seconds' },
    onDelete: 'retain',
  };
}

/** A source with partitions of a month that reach eight months back, and a row every 37 minutes since then. */
export async function createPartitionedSource(client: Client, table = 'src'): Promise<void> {
  await client.query(
    `create table raw.${table} (ts timestamptz not null, k text, v integer, f double precision) partition by range (ts)`,
  );
  await client.query(`create index on raw.${table} (k, ts)`);
  await client.query(`create index on raw.${table} (ts)`);
  await client.query(
    `select rollup.partman_manage($1::regclass, 'ts', '1 month', now() - interval '8 months', null)`,
    [`raw.${table}`],
  );
  await client.query(
    `insert into raw.${table} select t, nullif('k' || extract(minute from t)::integer % 3, 'k1'), (random() * 1000)::integer, random()
       from generate_series(now() - interval '8 months', now() - interval '1 minute', interval '37 minutes') t`,
  );
}

/** Deploys as `pulumi up` does, without a schedule, and refreshes until nothing is due. */
export async function deploy(
  client: Client,
  wanted: RollupDefinition,
  refresh = true,
): Promise<CompiledRollup> {
  await applyRollup(client, wanted, { schedule: false });
  if (refresh) await client.query('call rollup.perform_rollup($1)', [wanted.name]);
  return compiledFor(client, wanted);
}

export async function maintain(client: Client): Promise<void> {
  await client.query('call rollup.maintain_timeseries_tables()');
}

/** All rows of a query as text lines, in order. */
export async function lines(
  client: Client,
  query: string,
  values: readonly unknown[] = [],
): Promise<string[]> {
  const result = await client.query<{ line: string }>(
    `select row_to_json(q)::text as line from (${query}) q order by 1`,
    [...values],
  );
  return result.rows.map((row) => row.line);
}

/** The only value of a query's only row. */
export async function value<T>(client: Client, query: string, values: readonly unknown[] = []): Promise<T> {
  const result = await client.query<Record<string, T>>(query, [...values]);
  return Object.values(result.rows[0] ?? {})[0] as T;
}

/** Columns of the gold views whose values do not depend on the order of additions, besides the key. */
export const EXACT = 'bucket, k, v_count, v_sum, v_avg, v_min, v_max, v_stddev, v_first, v_last, row_count';

export const errors = (client: Client): Promise<string[]> =>
  lines(client, 'select rollup, message, detail from rollup.timeseries_error_log');
