/** The provider of the engine: its tables, functions and pg_cron jobs in one database. */
import { applyEngine, readEngine, retireEngine, wantedEngine } from '../db/engine/engine';
import { usesEngine } from '../db/owners';
import { connectionProblems } from './connection';
import { change, read, remove } from './database';
import { failures } from './failure';
import type { CheckResult, Provider } from './provider';
import { engineChecksum } from './release';
import { ownerIn, ownershipOf, refuseElsewhere, SHARED, sharedInputs, sharedOf } from './shared';
import { type Data, decode, engineInputs, outputsOf, UNMANAGED } from './state';
import { sameData } from './unknown';

const KEYS = [...SHARED, 'serverVersion', 'engine', 'version', 'objects', 'extensions', 'jobs'] as const;
const ID = 'tidemark';

function check(before: Data, given: Data): CheckResult {
  const { connection, schedule, serverVersion } = given;
  const found = connectionProblems(connection);
  if (found.length > 0) return { inputs: { ...given }, failures: failures(found) };
  const wanted = engineInputs(wantedEngine(), schedule !== false);
  const shared = withVersion(sharedInputs(before, given), serverVersion);
  return { inputs: { ...shared, engine: engineChecksum(), ...wanted } };
}

/** Without a key for what is not given: previews would show it. */
function withVersion(shared: Data, serverVersion: unknown): Data {
  return { ...shared, ...(serverVersion === undefined ? {} : { serverVersion }) };
}

async function apply(inputs: Data, before?: Data): Promise<Data> {
  const manageSchedule = inputs['jobs'] !== UNMANAGED;
  const { serverVersion, engine } = inputs;
  const options = { schedule: manageSchedule, ...ownershipOf(inputs, before) };
  const state = await change(inputs, (client) => applyEngine(client, options));
  const shared = withVersion(sharedOf(inputs), serverVersion);
  return outputsOf({ ...shared, engine, ...engineInputs(state, manageSchedule) });
}

/** Its methods run in a process of their own, called with what `resources.ts` registered and `check` returned. */
export const engine: Provider = {
  check: async (before, given) => check(before, given),

  async diff(_id, outputs, inputs) {
    const before = decode(outputs);
    return { changes: KEYS.some((key) => !sameData(before[key], inputs[key])) };
  },

  async create(inputs) {
    return { id: ID, outs: await apply(decode(inputs)) };
  },

  async update(_id, outputs, inputs) {
    return { outs: await apply(decode(inputs), decode(outputs)) };
  },

  async read(id, outputs) {
    const kept = decode(outputs);
    const owner = ownerIn(kept);
    const [state, isUsed] = await read(kept, async (client) => [
      await readEngine(client),
      owner !== undefined && (await usesEngine(client, owner)),
    ]);
    if (state === null) return {};
    const { owner: _, ...shared } = sharedOf(kept);
    const { serverVersion, engine: release } = kept;
    const inputs = {
      ...withVersion(isUsed ? { ...shared, owner } : shared, serverVersion),
      engine: release,
      ...engineInputs(state, kept['jobs'] !== UNMANAGED),
    };
    return { id, inputs, props: outputsOf(inputs) };
  },

  /** Leaves schema and data: retained rollups are still read through them. The jobs stay as long as somebody needs them. */
  async delete(_id, outputs) {
    const kept = decode(outputs);
    refuseElsewhere('engine', kept);
    if (await remove(kept, (client) => retireEngine(client, ownerIn(kept) ?? null))) return;
    console.log('The jobs of the engine stay, because other stacks or rollups in this database need them.');
  },
};
