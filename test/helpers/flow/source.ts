import type { Client } from 'pg';
import { SOURCE_SQL } from './rollups';

export interface Leaf {
  readonly sql: string;
  readonly from: number;
  readonly to: number;
}

/** What all clients know of the source: its partitions, in milliseconds since 1970, and the next row's id. */
export interface Flow {
  readonly step: number;
  leaves: Leaf[];
  nextId: number;
}

const iso = (time: number): string => new Date(time).toISOString();

export const leafSql = (from: number): string => `raw."Flow ${from / 1000}"`;

/** Creates the partitioned source with partitions from `before` seconds ago until `after` seconds ahead. */
export async function createFlow(client: Client, options: { before: number; after: number }): Promise<Flow> {
  const step = 30_000;
  const now = Date.now();
  const flow: Flow = { step, leaves: [], nextId: 1 };
  await client.query(`create table ${SOURCE_SQL} (
    id bigint not null, "At" timestamptz not null, k integer, "Odd ""Name" text,
    i integer, n numeric(12,3), f double precision, b boolean, t text) partition by range ("At")`);
  const end = now + options.after * 1000;
  for (let from = Math.floor((now - options.before * 1000) / step) * step; from < end; from += step) {
    await client.query(
      `create table ${leafSql(from)} partition of ${SOURCE_SQL} for values from ('${iso(from)}') to ('${iso(from + step)}')`,
    );
    flow.leaves.push({ sql: leafSql(from), from, to: from + step });
  }
  await client.query(`create unique index on ${SOURCE_SQL} (id, "At")`);
  await client.query(`create index on ${SOURCE_SQL} ("At")`);
  await client.query(`create index on ${SOURCE_SQL} (k, "Odd ""Name", "At")`);
  return flow;
}

/** Rows of every series from the oldest partition until now. */
export async function loadHistory(client: Client, flow: Flow, rows: number): Promise<void> {
  const first = flow.leaves[0] as Leaf;
  await client.query(
    `insert into ${SOURCE_SQL} select $1::bigint + g, $2::timestamptz + (clock_timestamp() - $2::timestamptz) * (g / $3::float8),
       nullif(g % 7, 3), nullif('S' || g % 3, 'S1'), g % 1000, (g % 997) / 8.0, g % 913 + 0.25, nullif(g % 5, 0) > 2, 'h' || g % 11
     from generate_series(1, $3::integer - 1) g`,
    [flow.nextId, iso(first.from), rows],
  );
  flow.nextId += rows + 1;
}

/** Makes a partition and attaches it, with `rows` rows already in it. */
export async function attachPartition(client: Client, flow: Flow, from: number, rows: number): Promise<void> {
  const leaf: Leaf = { sql: leafSql(from), from, to: from + flow.step };
  await client.query(`create table ${leaf.sql} (like ${SOURCE_SQL} including all)`);
  await client.query(
    `insert into ${leaf.sql} select $1::bigint + g, $2::timestamptz + g * $3::float8 * interval '1 millisecond',
       nullif(g % 7, 3), nullif('S' || g % 3, 'S1'), g, g / 4.0, g + 0.5, g % 2 = 0, 'a' || g % 5 from generate_series(0, $4::integer - 1) g`,
    [flow.nextId, iso(from), rows === 0 ? 1 : flow.step / rows, rows],
  );
  flow.nextId += rows + 1;
  await client.query(
    `alter table ${SOURCE_SQL} attach partition ${leaf.sql} for values from ('${iso(from)}') to ('${iso(leaf.to)}')`,
  );
}
