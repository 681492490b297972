import type { Client } from 'pg';
import type { CompiledRollup } from '../../infra/model/compiled';
import { installRollup, openClient, type TestDatabase } from './database';
import { check, maintain, refresh, type Tally, write } from './flow/clients';
import { SERIES, TOTAL } from './flow/rollups';
import { createFlow, type Flow, loadHistory } from './flow/source';
import { Random } from './random';

export interface Workload {
  readonly client: Client;
  readonly flow: Flow;
  readonly rollups: readonly CompiledRollup[];
}

/** The partitioned source with history, and both rollups on it, nothing materialized yet. */
export async function prepareWorkload(
  database: TestDatabase,
  history = 3_000,
  before = 120,
): Promise<Workload> {
  const client = await openClient(database.url);
  const flow = await createFlow(client, { before, after: 45 });
  await loadHistory(client, flow, history);
  const rollups = [await installRollup(client, SERIES), await installRollup(client, TOTAL)];
  // Small batches, so that the backfill takes many of them.
  await client.query(`update rollup.timeseries_rollup_config set batch_span = '5 seconds'`);
  return { client, flow, rollups };
}

export interface Load {
  readonly seconds: number;
  /** The load goes on until this is true, for up to ten times the seconds: machines differ. */
  readonly enough?: (tally: Tally) => boolean;
  readonly seed: number;
  readonly writers: number;
  readonly checkers: number;
}

/** Runs writers, refreshers, partition maintenance and checkers side by side, and tells what they did and found. */
export async function runLoad(database: TestDatabase, workload: Workload, load: Load): Promise<Tally> {
  const tally: Tally = {
    transactions: 0,
    conflicts: 0,
    snapshots: 0,
    refreshes: 0,
    refreshConflicts: 0,
    refreshErrors: [],
    truncates: 0,
    attached: 0,
    differences: [],
  };
  const clients: Client[] = [];
  const connect = async () => {
    const client = await openClient(database.url);
    clients.push(client);
    return client;
  };
  const started = performance.now();
  const going = () => {
    const rounds = (performance.now() - started) / (load.seconds * 1000);
    return rounds < 1 || (rounds < 10 && load.enough?.(tally) === false);
  };
  const { flow, rollups } = workload;
  const running: Promise<void>[] = [];
  // A client may fail while others still connect (the server is killed on purpose): that is told below, once.
  const start = (work: Promise<void>) => {
    work.catch(() => undefined);
    running.push(work);
  };
  for (let n = 0; n < load.writers; n++) start(write(await connect(), flow, load.seed + n, tally, going));
  for (const [n, compiled] of [...rollups, ...rollups].entries()) {
    start(refresh(await connect(), compiled.definition.name, new Random(load.seed + 1000 + n), tally, going));
  }
  for (let n = 0; n < load.checkers; n++) start(check(await connect(), rollups, tally, going));
  start(maintain(await connect(), flow, load.seed + 2000, tally, going));
  try {
    await Promise.all(running);
  } finally {
    await Promise.allSettled(running);
    await Promise.all(clients.map((client) => client.end()));
  }
  return tally;
}

/** Refreshes until nothing is dirty any more. */
export async function drain(client: Client, rollups: readonly CompiledRollup[]): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    let left = 0;
    for (const { definition } of rollups) {
      await client.query('call rollup.perform_rollup($1, true)', [definition.name]);
      const dirty = await client.query<{ n: number }>(
        `select (select count(*) from rollup."dirty_${definition.name}") + (select count(*) from rollup.dirty_range) as n`,
      );
      left += dirty.rows[0]?.n ?? 0;
    }
    if (left === 0 || attempt === 5) return left;
  }
}
