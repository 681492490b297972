import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { CompiledRollup } from '../../../infra/model/compiled';
import { compareInSnapshot, type TierDifference } from '../exact';
import { Random } from '../random';
import { OPERATIONS } from './operations';
import { SOURCE_SQL } from './rollups';
import { attachPartition, type Flow, type Leaf, leafSql } from './source';

/**
 * TRUNCATE and ATTACH are not MVCC-safe in PostgreSQL itself: a snapshot older than one sees its effect. So those who do
 * them and those who compare take turns, by this lock.
 */
const TURN = 42;

/** What a workload is allowed to fail with: conflicts between clients, a row without a partition, a row moved onto another. */
const CONFLICTS = ['40001', '40P01', '55P03', '23505', '23514', '21000'];

export interface Tally {
  transactions: number;
  conflicts: number;
  snapshots: number;
  refreshes: number;
  refreshConflicts: number;
  readonly refreshErrors: string[];
  truncates: number;
  attached: number;
  readonly differences: (TierDifference & { at: string })[];
}

const isConflict = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && CONFLICTS.includes(String(error.code));

export async function write(
  client: Client,
  flow: Flow,
  seed: number,
  tally: Tally,
  going: () => boolean,
): Promise<void> {
  const random = new Random(seed);
  await client.query("set lock_timeout = '1s'");
  while (going()) {
    try {
      await random.weighted(OPERATIONS)({ client, random, flow });
      tally.transactions++;
    } catch (error) {
      if (!isConflict(error)) throw error;
      tally.conflicts++;
      await client.query('rollback');
    }
    await sleep(random.int(0, 200));
  }
}

/** Refreshes one rollup again and again; with several, the others find it busy. */
export async function refresh(
  client: Client,
  name: string,
  random: Random,
  tally: Tally,
  going: () => boolean,
): Promise<void> {
  while (going()) {
    try {
      await client.query('call rollup.perform_rollup($1, true)', [name]);
      tally.refreshes++;
    } catch (error) {
      if (!isConflict(error)) throw error;
      tally.refreshConflicts++;
      tally.refreshErrors.push(String(error));
    }
    await sleep(random.int(20, 400));
  }
}

/** One rollup after the other: all tiers of one in each snapshot. */
export async function check(
  client: Client,
  rollups: readonly CompiledRollup[],
  tally: Tally,
  going: () => boolean,
): Promise<void> {
  for (let turn = 0; going(); turn++) {
    await client.query('select pg_advisory_lock_shared($1)', [TURN]);
    const found = await compareInSnapshot(client, [rollups[turn % rollups.length] as CompiledRollup]);
    await client.query('select pg_advisory_unlock_shared($1)', [TURN]);
    tally.snapshots++;
    tally.differences.push(...found.map((difference) => ({ ...difference, at: new Date().toISOString() })));
    await sleep(10);
  }
}

/** Adds partitions, loaded and empty, at both ends, and now and then truncates one or all of them. */
export async function maintain(
  client: Client,
  flow: Flow,
  seed: number,
  tally: Tally,
  going: () => boolean,
): Promise<void> {
  const random = new Random(seed);
  await client.query("set lock_timeout = '3s'");
  let round = 0;
  while (going()) {
    round++;
    try {
      // Keeps the source small, so that many snapshots can be compared.
      if (round % 2 === 0)
        await client.query(
          `delete from ${SOURCE_SQL} where "At" < now() - interval '15 seconds' and id % 5 <> 0`,
        );
      if (round % 5 === 0) await truncate(client, flow, random, round % 15 === 0, tally);
      else await extend(client, flow, random, tally);
    } catch (error) {
      if (!isConflict(error)) throw error;
      tally.conflicts++;
      await client.query('rollback');
    }
    await sleep(random.int(700, 2500));
  }
}

async function truncate(
  client: Client,
  flow: Flow,
  random: Random,
  whole: boolean,
  tally: Tally,
): Promise<void> {
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock($1)', [TURN]);
  await client.query(`truncate ${whole ? SOURCE_SQL : random.pick(flow.leaves).sql}`);
  if (random.chance(0.5)) await sleep(random.int(0, 200));
  await client.query(random.chance(0.2) ? 'rollback' : 'commit');
  tally.truncates++;
}

async function extend(client: Client, flow: Flow, random: Random, tally: Tally): Promise<void> {
  const past = random.chance(0.6);
  const from = past ? (flow.leaves[0] as Leaf).from - flow.step : (flow.leaves.at(-1) as Leaf).to;
  const rows = past && random.chance(0.6) ? random.int(1, 400) : 0;
  await client.query('begin');
  // A partition without rows shows nothing that a snapshot could miss.
  if (rows > 0) await client.query('select pg_advisory_xact_lock($1)', [TURN]);
  await attachPartition(client, flow, from, rows);
  await client.query('commit');
  const leaf = { sql: leafSql(from), from, to: from + flow.step };
  flow.leaves = past ? [leaf, ...flow.leaves] : [...flow.leaves, leaf];
  tally.attached++;
}
