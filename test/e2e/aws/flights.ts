/** The rollup that the stacks of these tests have. */
import type { Client } from 'pg';

/** Partitioned source, two tiers, no job that runs during the test. */
export const flights = (lag = '1 minute') => `
apiVersion: tidemark/v1
name: flights
source:
  table: raw.flights
  time: at
  columns: { at: timestamptz not null, carrier: text, delay: integer }
  partition: { every: 1 month, retention: 1 year }
dimensions: [carrier]
measures: { delay: [count, sum, avg, max], "*": [count] }
tiers:
  - { every: 1 hour, retention: 90 days }
  - { every: 1 day, timeZone: Europe/Berlin }
refresh: { schedule: "0 0 1 1 *", lag: ${lag} }
`;

/** A thousand rows, the newest that long ago: of the past they are late. */
export async function load(client: Client, before = '0 seconds'): Promise<void> {
  await client.query(
    `insert into raw.flights select now() - $1::interval - n * interval '17 minutes', 'c' || n % 5, n % 90
     from generate_series(1, 1000) n`,
    [before],
  );
}
