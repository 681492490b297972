import type { Client } from 'pg';
import { partitionInterval } from '../../compile/tiers';
import type { RollupDefinition } from '../../model/definition';
import { desiredOwned, type Owned } from '../../plan/owned';
import type { Plan } from '../../plan/plan';
import { executePlan } from '../execute';
import { INSTALL_LOCK, inTransaction } from '../transaction';
import { readBasis } from './basis';
import { type ObservedRollup, observeRollup } from './observe';
import { type ApplyOptions, planRollup } from './plan';

export type { ApplyOptions } from './plan';

/** What the definition wants, without a database: what inputs and previews show. */
export function wantedState(definition: RollupDefinition): Owned {
  return desiredOwned(definition, (ordinal) => {
    const tier = definition.tiers[ordinal];
    return tier === undefined ? null : partitionInterval(tier);
  });
}

/** One deployment of rollups at a time, since they may share a source; and none beside a refresh of this one. */
export async function lockRollup(client: Client, name: string): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1, 1)', [INSTALL_LOCK]);
  await client.query('select pg_advisory_xact_lock(rollup.lock_class(), hashtext($1))', [name]);
}

/**
 * Makes the database match a definition, whatever it holds now: nothing, half of it, an older definition, a retired one
 * or one tampered with. One transaction under the rollup's lock: everything is read, a plan is made of it, and the plan is
 * executed as it is; either the old state stays or the new one is there. Refuses changes that would lose data or need a
 * rebuild, before it touches anything.
 * @param onPlan Is told the plan before it is executed.
 */
export async function applyRollup(
  client: Client,
  definition: RollupDefinition,
  options: ApplyOptions,
  onPlan: (plan: Plan) => void = () => undefined,
): Promise<ObservedRollup> {
  return inTransaction(client, async () => {
    await lockRollup(client, definition.name);
    const plan = planRollup(definition, await readBasis(client, definition), options);
    onPlan(plan);
    await executePlan(client, plan);
    const result = await observeRollup(client, definition.name);
    if (result === null) throw new Error('the configuration that was just written is not there');
    return result;
  });
}
