import type { RollupDefinition, TierDefinition } from '../model/definition';
import { plainName, proposedNames, quoteName } from '../model/names';

/** A pg_cron job. */
export interface OwnedSchedule {
  readonly job: string;
  readonly schedule: string;
  readonly command: string;
  readonly active: boolean;
}

/** pg_partman's configuration of one table. */
export interface OwnedPartitions {
  readonly every: string;
  readonly retention: string | null;
  readonly premake: number;
  readonly automaticMaintenance: boolean;
}

/** The configuration rows, as far as a definition decides them. */
export interface OwnedConfiguration {
  readonly source: string;
  readonly time: string;
  readonly capture: string;
  readonly schedule: string;
  readonly lag: string;
  readonly onDelete: string;
  readonly enabled: boolean;
  readonly dimensions: readonly string[];
  readonly tiers: readonly (Omit<TierDefinition, 'suffix'> & { readonly table: string })[];
  /** `as compiled`, or which statement differs from what this definition compiles to. */
  readonly statements: string;
}

/**
 * What a rollup owns in the database, as plain data: what the definition wants (`desiredOwned`), and what is there
 * (`db/observe`). The two are compared by the diff, and shown as they are in previews.
 */
export interface Owned {
  readonly schedule: OwnedSchedule | null;
  /** By qualified table name. */
  readonly partitions: Readonly<Record<string, OwnedPartitions | null>>;
  readonly configuration: OwnedConfiguration;
  /** Tables, views, functions and triggers: `intact`, or what is missing or was changed by hand. */
  readonly objects: string;
}

export const INTACT = 'intact';
export const AS_COMPILED = 'as compiled';
export const PREMAKE = 4;

/** The job that refreshes a rollup. */
export function scheduleOf(definition: RollupDefinition, job: string): OwnedSchedule {
  return {
    job,
    schedule: definition.refresh.schedule,
    command: `call rollup.perform_rollup('${definition.name}')`,
    active: true,
  };
}

/** What this definition wants in the database. `partitionEvery` gives a tier's partition interval, null for a plain table. */
export function desiredOwned(
  definition: RollupDefinition,
  partitionEvery: (ordinal: number) => string | null,
): Owned {
  const names = proposedNames(definition);
  const managed = (every: string, retention: string | null): OwnedPartitions => ({
    every,
    retention,
    premake: PREMAKE,
    automaticMaintenance: false,
  });
  const partitions: Record<string, OwnedPartitions> = {};
  if (definition.source.partition !== null) {
    partitions[names.source] = managed(
      definition.source.partition.every,
      definition.source.partition.retention,
    );
  }
  for (const [ordinal, tier] of definition.tiers.entries()) {
    const every = partitionEvery(ordinal);
    if (every !== null) partitions[names.silver[ordinal] as string] = managed(every, tier.retention);
  }
  return {
    schedule: scheduleOf(definition, names.job),
    partitions,
    configuration: {
      source: quoteName(definition.source.table),
      time: definition.source.time,
      capture: definition.source.capture,
      schedule: definition.refresh.schedule,
      lag: definition.refresh.lag,
      onDelete: definition.onDelete,
      enabled: true,
      dimensions: definition.dimensions,
      tiers: definition.tiers.map(({ suffix: _, ...tier }, ordinal) => ({
        ...tier,
        table: plainName(names.silver[ordinal] as string),
      })),
      statements: AS_COMPILED,
    },
    objects: INTACT,
  };
}
