import { DateTime } from 'luxon';
import type { Client } from 'pg';
import { TidemarkError } from '../infra/model/error';
import { FLIGHT_ZONE, type Flights } from './flights';

/** Stands in the table's comment once all rows are in: the comment and the rows commit together. */
function marker(flights: Flights): string {
  return `US flights of 2001 (vega-datasets), ${flights.rows} rows moved forward by ${flights.weeks} weeks; tidemark demo ${flights.sha256.slice(0, 16)}`;
}

export type TableState = 'absent' | 'empty' | 'loaded' | 'outdated';

/** What is in raw.flights; refuses to touch rows that this demo did not load. */
export async function tableState(client: Client, flights: Flights): Promise<TableState> {
  const found = await client.query<{ comment: string | null; kind: string }>(
    `select obj_description(c.oid) as comment, c.relkind as kind from pg_class c where c.oid = to_regclass('raw.flights')`,
  );
  const table = found.rows[0];
  if (table === undefined) return 'absent';
  if (table.comment === marker(flights)) return 'loaded';
  if (table.comment?.includes('tidemark demo') === true) return 'outdated';
  const rows = await client.query('select from raw.flights limit 1');
  if (rows.rowCount === 0) return 'empty';
  throw new TidemarkError('This database has a table raw.flights that the demo did not create.', {
    hint: 'Use another database, or unset DATABASE_URL: the demo then starts a PostgreSQL of its own.',
  });
}

/** The table as somebody would have it before they meet Tidemark: partitioned by month, with two indexes. */
export async function createTable(client: Client): Promise<void> {
  await client.query('create schema if not exists raw');
  await client.query(`create table raw.flights (
    departed_at timestamptz not null, delay integer, distance integer, origin text, destination text
  ) partition by range (departed_at)`);
}

/** Monthly partitions from the first flight to four months ahead, named as pg_partman names them, so that it takes them over. */
export async function createPartitions(client: Client, flights: Flights): Promise<void> {
  const partman = await client.query<{ version: string }>(
    `select extversion as version from pg_extension where extname = 'pg_partman'`,
  );
  const suffix = partman.rows[0]?.version.startsWith('4.') === true ? 'yyyy_MM' : 'yyyyMMdd';
  const end = DateTime.utc().plus({ months: 4 });
  // A wall clock's month can be another one in UTC.
  for (let month = flights.first.startOf('month'); month <= end; month = month.plus({ months: 1 })) {
    await client.query(
      `create table if not exists raw.flights_p${month.toFormat(suffix)} partition of raw.flights
         for values from ('${month.toISODate()} 00:00:00+00') to ('${month.plus({ months: 1 }).toISODate()} 00:00:00+00')`,
    );
  }
}

/** Indexes, statistics and the marker: what follows the rows, in the same transaction. */
export async function finishTable(client: Client, flights: Flights): Promise<void> {
  await client.query('create index if not exists flights_departed_at_idx on raw.flights (departed_at)');
  await client.query(
    'create index if not exists flights_origin_departed_at_idx on raw.flights (origin, departed_at)',
  );
  await client.query('analyze raw.flights');
  await client.query(`comment on table raw.flights is '${marker(flights)}'`);
}

/** COPY of flights; their wall clocks are read in the session's zone. */
export const COPY = 'copy raw.flights (departed_at, delay, distance, origin, destination) from stdin';
export const ZONE = `set local timezone = '${FLIGHT_ZONE}'`;
