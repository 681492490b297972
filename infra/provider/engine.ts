/** The provider of the engine: its tables, functions and pg_cron jobs in one database. */
import { applyEngine, readEngine, retireEngine, wantedEngine } from '../db/engine/engine';
import { connectionProblems } from './connection';
import { change, read, remove } from './database';
import { failures } from './failure';
import type { CheckResult, Provider } from './provider';
import { engineChecksum } from './release';
import { type Data, decode, engineInputs, outputsOf, UNMANAGED } from './state';
import { sameData } from './unknown';

const KEYS = ['connection', 'serverVersion', 'engine', 'version', 'objects', 'extensions', 'jobs'] as const;
const ID = 'tidemark';

function check(given: Data): CheckResult {
  const { connection, schedule, serverVersion } = given;
  const found = connectionProblems(connection);
  if (found.length > 0) return { inputs: { ...given }, failures: failures(found) };
  const wanted = engineInputs(wantedEngine(), schedule !== false);
  return { inputs: { ...shared(connection, serverVersion), engine: engineChecksum(), ...wanted } };
}

/** Without a key for what is not given: previews would show it. */
function shared(connection: unknown, serverVersion: unknown): Data {
  return { connection, ...(serverVersion === undefined ? {} : { serverVersion }) };
}

async function apply(inputs: Data): Promise<Data> {
  const manageSchedule = inputs['jobs'] !== UNMANAGED;
  const { connection, serverVersion, engine } = inputs;
  const state = await change(inputs, (client) => applyEngine(client, { schedule: manageSchedule }));
  return outputsOf({ ...shared(connection, serverVersion), engine, ...engineInputs(state, manageSchedule) });
}

/** Its methods run in a process of their own, called with what `resources.ts` registered and `check` returned. */
export const engine: Provider = {
  check: async (_before, given) => check(given),

  async diff(_id, outputs, inputs) {
    const before = decode(outputs);
    return { changes: KEYS.some((key) => !sameData(before[key], inputs[key])) };
  },

  async create(inputs) {
    return { id: ID, outs: await apply(decode(inputs)) };
  },

  async update(_id, _outputs, inputs) {
    return { outs: await apply(decode(inputs)) };
  },

  async read(id, outputs) {
    const kept = decode(outputs);
    const state = await read(kept, (client) => readEngine(client));
    if (state === null) return {};
    const { connection, serverVersion, engine: release } = kept;
    const inputs = {
      ...shared(connection, serverVersion),
      engine: release,
      ...engineInputs(state, kept['jobs'] !== UNMANAGED),
    };
    return { id, inputs, props: outputsOf(inputs) };
  },

  /** Leaves schema and data: retained rollups are still read through them. */
  async delete(_id, outputs) {
    await remove(decode(outputs), (client) => retireEngine(client));
  },
};
