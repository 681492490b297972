import { applyRollup } from '../infra/db/rollup/apply';
import type { Bench } from './context';
import { createTwin, definition, handWritten } from './data';
import { refresh, requireSame, startOver } from './engine';
import { compare, type Result, type Side, timed } from './measure';

const PAIRS = 7;

/** From nothing to everything: the first refresh against one statement into an empty table of the same shape. */
export async function backfill(bench: Bench): Promise<readonly Result[]> {
  const { client, readings, checkpoint } = bench;
  await applyRollup(client, definition('one', readings.table, 1), { schedule: false });
  await applyRollup(client, definition('two', readings.table, 2), { schedule: false });
  const base: Side = {
    label: 'one INSERT … SELECT',
    async run() {
      await createTwin(client, 'bench.hand', 'silver.one_1m');
      await checkpoint();
      return timed(() => client.query(handWritten('bench.hand', readings.table)));
    },
  };
  const side = (rollup: string, label: string): Side => ({
    label,
    async run() {
      await startOver(client, rollup);
      await checkpoint();
      return refresh(client, rollup);
    },
  });
  const one = await compare({
    name: 'initial backfill',
    target: 0.7,
    pairs: PAIRS,
    warmUp: 1,
    base,
    tidemark: side('one', 'perform_rollup, one tier'),
  });
  await requireSame(client, 'bench.hand', 'silver.one_1m');
  const two = await compare({
    name: 'initial backfill, a tier of hours as well',
    pairs: PAIRS,
    base,
    tidemark: side('two', 'perform_rollup, two tiers'),
  });
  await requireSame(client, 'silver.one_1m', 'silver.two_1m');
  return [one, two];
}
