import type { Client } from 'pg';
import type { RollupDefinition, TierDefinition } from '../infra/model/definition';

export const SERIES = 1_000;

/** A source and how its rows lie: `perMinute` rows a minute of each series, the newest ones just before now. */
export interface Source {
  readonly table: string;
  readonly rows: number;
  readonly perMinute: number;
}

const MINUTE: TierDefinition = { every: '1 minute', timeZone: null, retention: null, suffix: '1m' };
const HOUR: TierDefinition = { every: '1 hour', timeZone: null, retention: null, suffix: '1h' };

/** A rollup over a source, by minute or by minute and hour. */
export function definition(name: string, table: string, tiers: 1 | 2): RollupDefinition {
  return {
    name,
    source: {
      table: { schema: 'raw', table },
      time: 'ts',
      columns: null,
      partition: null,
      capture: 'statements',
    },
    dimensions: ['series'],
    measures: [{ column: 'value', aggregates: ['count', 'sum', 'avg', 'min', 'max'] }],
    tiers: tiers === 1 ? [MINUTE] : [MINUTE, HOUR],
    refresh: { schedule: '* * * * *', lag: '0 seconds' },
    onDelete: 'drop',
  };
}

/** Fills a source in the order in which measurements would have come, indexed as dashboards need it. */
export async function loadSource(client: Client, source: Source): Promise<void> {
  const table = `raw.${source.table}`;
  await client.query(
    `create table ${table} (ts timestamptz not null, series integer not null, value double precision)`,
  );
  await client.query(
    `insert into ${table}
     select date_trunc('minute', now()) - (($1::bigint - 1 - g) / ${SERIES} + 1) * interval '${60 / source.perMinute} seconds',
       g % ${SERIES}, random() * 100
       from generate_series(0, $1::bigint - 1) g`,
    [source.rows],
  );
  await client.query(`create index on ${table} (ts)`);
  await client.query(`create index on ${table} (series, ts)`);
  await client.query(`vacuum (freeze, analyze) ${table}`);
}

/** What one would write by hand: the statement that the refreshes are measured against. */
export function handWritten(target: string, source: string, where = ''): string {
  return `insert into ${target}
select date_bin('1 minute', ts, '2000-01-03 UTC'), series, count(value), sum(value), min(value), max(value)
  from raw.${source} ${where} group by 1, 2`;
}

/** `where ts …` for a half-open range of times, as literals: what a hand-written statement would have. */
export function between(from: string, to: string): string {
  return `where ts >= '${from}' and ts < '${to}'`;
}

/** An empty table with the same columns and the same indexes as a tier's table. */
export async function createTwin(client: Client, twin: string, tier: string): Promise<void> {
  await client.query(`drop table if exists ${twin}`);
  await client.query(`create table ${twin} (like ${tier} including indexes)`);
}
