import type { Client } from 'pg';
import type { Bench } from './context';
import { compare, type Result, type Side, timed } from './measure';

const PAIRS = 41;
const WARM_UP = 2;
const BATCH = 1_000;
const BATCHES = 10;
const SINGLES = 200;

/** What writers pay: rows that come on time, with the capture triggers of one rollup on, and with them off. */
export async function capture(bench: Bench): Promise<readonly Result[]> {
  const { client, readings, checkpoint } = bench;
  const table = `raw.${readings.table}`;
  // The sources of the other comparisons have a rollup more; a writer is measured under one.
  await client.query(`alter table ${table} disable trigger user`);
  const switchTo = (on: boolean) =>
    client.query(`alter table ${table} ${on ? 'enable' : 'disable'} trigger rollup_i_one`);
  const block = (on: boolean, write: () => Promise<unknown>, times: number): Side => ({
    label: on ? 'capture on' : 'capture off',
    async run() {
      await switchTo(on);
      // Plans that the switch has thrown away are made again outside of what is measured.
      for (let warm = 0; warm < 3; warm += 1) await write();
      const took = await timed(async () => {
        for (let count = 0; count < times; count += 1) await write();
      });
      return took / times;
    },
  });
  const both = (name: string, target: number | undefined, write: () => Promise<unknown>, times: number) =>
    compare({
      name,
      ...(target === undefined ? {} : { target }),
      pairs: PAIRS,
      warmUp: WARM_UP,
      base: block(false, write, times),
      tidemark: block(true, write, times),
    });
  await checkpoint();
  const batches = await both(
    'insert, batches of 1,000 rows',
    1.03,
    () => insertBatch(client, table),
    BATCHES,
  );
  await checkpoint();
  const singles = await both('insert, single rows', 1.15, () => insertOne(client, table), SINGLES);
  await client.query('set synchronous_commit = off');
  const unwaited = await both(
    'insert, single rows, without waiting for the disk',
    undefined,
    () => insertOne(client, table),
    SINGLES,
  );
  await client.query('reset synchronous_commit');
  await client.query(`alter table ${table} enable trigger user`);
  return [batches, singles, unwaited];
}

const SERIES = Array.from({ length: BATCH }, (_, index) => index);
const VALUES = SERIES.map((series) => series / 7);

function insertBatch(client: Client, table: string): Promise<unknown> {
  return client.query({
    name: 'batch',
    text: `insert into ${table} select clock_timestamp(), s, v from unnest($1::integer[], $2::double precision[]) as r(s, v)`,
    values: [SERIES, VALUES],
  });
}

let next = 0;

function insertOne(client: Client, table: string): Promise<unknown> {
  next = (next + 1) % BATCH;
  return client.query({
    name: 'single',
    text: `insert into ${table} values (clock_timestamp(), $1, $2)`,
    values: [next, 1.5],
  });
}
