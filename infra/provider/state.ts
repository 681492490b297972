/** What the resources keep in the state, and reading back what earlier versions have kept there. */
import type { EngineState } from '../db/engine/engine';
import type { ObservedRollup } from '../db/rollup/observe';
import type { RollupDefinition } from '../model/definition';
import { TidemarkError } from '../model/error';
import { tierName } from '../model/names';
import type { Owned, OwnedPartitions, OwnedSchedule } from '../plan/owned';
import { withWords, zoneText } from '../plan/words';

/** Version of the outputs' form. Raise it when older outputs need translating, and add the step to UPGRADES. */
export const FORMAT = 1;

/** Words instead of null, which previews do not show. */
export const MISSING = 'missing';
export const UNMANAGED = 'not managed';

/** A map of plain data, as Pulumi hands it over. */
export type Data = Readonly<Record<string, unknown>>;

/** What a rollup owns, each object under a key of its own, so that a preview names the one that differs. */
export interface OwnedInputs {
  readonly schedule: OwnedSchedule | typeof MISSING | typeof UNMANAGED;
  readonly partitions: Readonly<Record<string, Data | typeof MISSING>>;
  readonly configuration: Data;
  readonly objects: string;
}

/** The views to query, finest tier first. */
export function viewNames(definition: RollupDefinition): readonly string[] {
  return definition.tiers.map((tier) => `gold.${tierName(definition, tier)}`);
}

/** `"raw"."flights"` as `raw.flights`: quotes only where a name needs them. */
function readable(name: string): string {
  return name.replace(/"((?:[^"]|"")*)"/g, (quoted, inner: string) =>
    /^[a-z_][a-z0-9_]*$/.test(inner) ? inner : quoted,
  );
}

export function ownedInputs(owned: Owned, manageSchedule: boolean): OwnedInputs {
  const { configuration, objects } = owned;
  const partitions = Object.entries(owned.partitions).map(
    ([table, config]: [string, OwnedPartitions | null]) => {
      if (config === null) return [readable(table), MISSING];
      const { every, ...rest } = withWords(config);
      // The length of a tier's partitions stays what it was made with, whatever a later definition would choose.
      return [readable(table), table === configuration.source ? { every, ...rest } : rest];
    },
  );
  const tiers = configuration.tiers.map((tier) => ({
    ...withWords(tier),
    timeZone: zoneText(tier.timeZone),
  }));
  return {
    schedule: manageSchedule ? (owned.schedule ?? MISSING) : UNMANAGED,
    partitions: Object.fromEntries(partitions),
    configuration: { ...configuration, source: readable(configuration.source), tiers },
    objects,
  };
}

export interface EngineInputs {
  readonly version: number;
  readonly objects: string;
  readonly extensions: string;
  readonly jobs: Readonly<Record<string, OwnedSchedule | typeof MISSING>> | typeof UNMANAGED;
}

export function engineInputs(state: EngineState, manageSchedule: boolean): EngineInputs {
  const jobs = Object.entries(state.jobs).map(([name, job]) => [name, job ?? MISSING]);
  return { ...state, jobs: manageSchedule ? Object.fromEntries(jobs) : UNMANAGED };
}

/** Inputs and the version of their form. */
export function outputsOf(inputs: Data): Data {
  return { ...inputs, format: FORMAT };
}

/** The inputs that would describe what is there. */
export function observedInputs(kept: Data, observed: ObservedRollup): Data {
  const { connection, place, engine } = kept;
  return {
    connection,
    ...(place === undefined ? {} : { place }),
    ...(observed.owner === null ? {} : { owner: observed.owner }),
    definition: observed.definition,
    engine,
    ...ownedInputs(observed.owned, kept['schedule'] !== UNMANAGED),
    views: viewNames(observed.definition),
  };
}

/** From version n, at index n - 1, to n + 1. */
const UPGRADES: readonly ((outputs: Data) => Data)[] = [];

/** Outputs of this version or any earlier one, in today's form and without Pulumi's own key. */
export function decode(outputs: Data): Data {
  const { __provider, ...rest } = outputs;
  const format = typeof rest['format'] === 'number' ? rest['format'] : FORMAT;
  if (format > FORMAT) {
    throw new TidemarkError(
      `This state was written by a later version of tidemark (format ${format}; this version knows ${FORMAT}).`,
      {
        hint: 'Install that version or a later one.',
      },
    );
  }
  return UPGRADES.slice(format - 1).reduce((data, upgrade) => upgrade(data), rest);
}

/** What a delete does with the data; keeps it wherever the state does not clearly say otherwise. */
export function onDeleteOf(outputs: Data): 'retain' | 'drop' {
  const definition = outputs['definition'];
  const value =
    typeof definition === 'object' && definition !== null && 'onDelete' in definition
      ? definition.onDelete
      : null;
  return value === 'drop' ? 'drop' : 'retain';
}
