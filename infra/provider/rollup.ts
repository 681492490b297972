/** The provider of one rollup: a thin shell around plan and db. */
import { applyRollup, wantedState } from '../db/rollup/apply';
import { observeRollup } from '../db/rollup/observe';
import { removeRollup } from '../db/rollup/remove';
import { canonicalJson } from '../model/checksum';
import { inOrderOf, RollupDefinition } from '../model/definition';
import { ownerText, sameOwner } from '../model/owner';
import { diff, REFUSAL_HINT, refusal } from '../plan/diff';
import { connectionProblems } from './connection';
import { change, read, remove } from './database';
import { checkDefinition } from './definition';
import { failures } from './failure';
import type { CheckResult, Provider } from './provider';
import { engineChecksum } from './release';
import { ownerIn, ownershipOf, refuseElsewhere, SHARED, sharedInputs } from './shared';
import {
  type Data,
  decode,
  observedInputs,
  onDeleteOf,
  outputsOf,
  ownedInputs,
  UNMANAGED,
  viewNames,
} from './state';
import { hasUnknown, sameData, UNKNOWN } from './unknown';

const KEYS = [
  ...SHARED,
  'definition',
  'engine',
  'schedule',
  'partitions',
  'configuration',
  'objects',
  'views',
] as const;

/** What follows from the definition. */
const OWNED = ['schedule', 'partitions', 'configuration', 'objects', 'views'] as const;

/** As the state has the measures, where they are the same: their order in the file means nothing. */
function inOrderOfState(state: Data, definition: RollupDefinition): RollupDefinition {
  const present = RollupDefinition.safeParse(state['definition']);
  return present.success ? inOrderOf(present.data, definition) : definition;
}

/** Whether a value of two sets of inputs is the same; definitions may differ in the order of their measures. */
function sameValue(key: (typeof KEYS)[number], found: Data, wanted: Data): boolean {
  const value = wanted[key];
  if (key !== 'definition' || hasUnknown(value)) return sameData(found[key], value);
  return sameData(found[key], inOrderOfState(found, value as RollupDefinition));
}

/** Why the definition of a resource cannot follow the one it had. */
function changeProblems(before: Data, definition: RollupDefinition): readonly string[] {
  const { definition: old } = checkDefinition(decode(before)['definition']);
  if (old === null) return [];
  if (old.name !== definition.name) {
    return [
      `The resource of rollup "${old.name}" cannot become rollup "${definition.name}": the name is the identity of the data. Give "${definition.name}" a resource of its own.`,
    ];
  }
  const refused = refusal(definition.name, diff(old, definition));
  return refused === null ? [] : [`${refused} ${REFUSAL_HINT}`];
}

function check(before: Data, given: Data): CheckResult {
  const { connection, schedule } = given;
  const manageSchedule = schedule !== false;
  const checked = checkDefinition(given['definition']);
  const { problems } = checked;
  const definition = checked.definition === null ? null : inOrderOfState(before, checked.definition);
  const found = [...connectionProblems(connection), ...problems];
  if (schedule !== undefined && schedule !== null && typeof schedule !== 'boolean' && schedule !== UNKNOWN) {
    found.push('schedule must be true or false.');
  }
  if (definition !== null && 'definition' in before) found.push(...changeProblems(before, definition));
  if (found.length > 0) return { inputs: { ...given }, failures: failures(found) };
  const shared = sharedInputs(before, given);
  const inputs = { ...shared, definition: given['definition'], engine: engineChecksum() };
  if (definition === null) {
    const unknown = Object.fromEntries(OWNED.map((key) => [key, UNKNOWN]));
    return { inputs: { ...inputs, ...unknown, ...(manageSchedule ? {} : { schedule: UNMANAGED }) } };
  }
  const owned = ownedInputs(wantedState(definition), manageSchedule);
  return { inputs: { ...inputs, definition, ...owned, views: viewNames(definition) } };
}

async function apply(inputs: Data, before?: Data): Promise<Data> {
  const { definition } = inputs as { readonly definition: RollupDefinition };
  const options = { schedule: inputs['schedule'] !== UNMANAGED, ...ownershipOf(inputs, before) };
  const observed = observedInputs(
    inputs,
    await change(inputs, (client) => applyRollup(client, definition, options)),
  );
  const differing = KEYS.filter((key) => !sameValue(key, observed, inputs));
  if (differing.length > 0) throw halfDone(definition.name, differing, inputs, observed);
  return outputsOf(observed);
}

/** Saved as it is and told: Pulumi shows no difference between inputs and outputs, and the next `up` tries again. */
function halfDone(name: string, keys: readonly string[], wanted: Data, found: Data): Error {
  const text = (value: unknown) => canonicalJson(value);
  const reasons = keys.map(
    (key) =>
      `${key} of rollup "${name}" was applied, but the database shows ${text(found[key])} instead of ${text(wanted[key])}`,
  );
  return Object.assign(new Error(reasons.join('; ')), { id: name, properties: outputsOf(found), reasons });
}

/** Its methods run in a process of their own, called with what `resources.ts` registered and `check` returned. */
export const rollup: Provider = {
  check: async (before, given) => check(before, given),

  async diff(_id, outputs, inputs) {
    const before = decode(outputs);
    return { changes: KEYS.some((key) => !sameValue(key, before, inputs)) };
  },

  /** Also where it exists: retained, left by a killed run, or applied by somebody else. */
  async create(inputs) {
    const outs = await apply(decode(inputs));
    return { id: (inputs['definition'] as RollupDefinition).name, outs };
  },

  async update(_id, outputs, inputs) {
    return { outs: await apply(decode(inputs), decode(outputs)) };
  },

  async read(id, outputs) {
    const kept = decode(outputs);
    const observed = await read(kept, (client) => observeRollup(client, id));
    if (observed === null) return {};
    const owner = ownerIn(kept);
    // Another resource has taken it over: of this one nothing is left.
    if (owner !== undefined && observed.owner !== null && !sameOwner(owner, observed.owner)) return {};
    const inputs = observedInputs(kept, observed);
    return { id, inputs, props: outputsOf(inputs) };
  },

  async delete(id, outputs) {
    const kept = decode(outputs);
    refuseElsewhere(`rollup "${id}"`, kept);
    const theirs = await remove(kept, (client) => removeRollup(client, id, onDeleteOf(kept), ownerIn(kept)));
    if (theirs === null) return;
    console.log(`Rollup "${id}" stays as it is, because ${ownerText(theirs)} has taken it over.`);
  },
};
