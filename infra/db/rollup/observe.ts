import type { Client } from 'pg';
import { compile } from '../../compile';
import type { RollupStatements, TierStatements } from '../../model/compiled';
import type { RollupDefinition } from '../../model/definition';
import { AS_COMPILED, type Owned } from '../../plan/owned';
import { observeObjects } from './objects';
import { observePartitions, observeSchedule, type Words } from './observeOwned';
import { observeSource } from './shape';

export interface ObservedRollup {
  /** The definition that was applied last. */
  readonly definition: RollupDefinition;
  readonly owned: Owned;
}

interface ConfigRow {
  readonly definition: RollupDefinition;
  readonly source_table: string;
  readonly time_column: string;
  readonly capture: string;
  readonly schedule: string;
  readonly lag: string;
  readonly on_delete: string;
  readonly enabled: boolean;
  readonly statements: RollupStatements;
  readonly objects: Record<string, string>;
}

interface TierRow {
  readonly suffix: string;
  readonly every: string;
  readonly time_zone: string | null;
  readonly retention: string | null;
  readonly statements: TierStatements;
}

/** Interval text of the database in the words of the definition, where the two are equal. */
const sameInterval = `(select case when $1::text::interval = $2::text::interval then $2::text else $1::text::interval::text end as text)`;

/** Reads back everything that a rollup owns; null if the database holds no such rollup. The one reader of it all. */
export async function observeRollup(client: Client, name: string): Promise<ObservedRollup | null> {
  const present = await client.query<{ present: boolean }>(
    `select to_regclass('rollup.timeseries_rollup_config') is not null as present`,
  );
  if (!present.rows[0]?.present) return null;
  const found = await client.query<ConfigRow>(
    `select definition, case when to_regclass(source_table) is distinct from source_oid::regclass
                then source_table || ' (another table than when it was deployed)' else source_table end as source_table, time_column, capture, schedule, lag::text, on_delete, enabled, statements, objects
       from rollup.timeseries_rollup_config where name = $1`,
    [name],
  );
  const config = found.rows[0];
  if (config === undefined) return null;
  const definition = config.definition;
  const words: Words = async (value, wanted) => {
    if (value === null || wanted === null) return value;
    return (await client.query<{ text: string }>(sameInterval, [value, wanted])).rows[0]?.text ?? value;
  };
  const rows = await client.query<TierRow>(
    'select suffix, every::text, time_zone, retention::text, statements from rollup.timeseries_tier where rollup = $1 order by ordinal',
    [name],
  );
  const tiers = [];
  for (const row of rows.rows) {
    const wanted = definition.tiers.find((tier) => tier.suffix === row.suffix);
    tiers.push({
      table: `silver.${definition.name}_${row.suffix}`,
      every: (await words(row.every, wanted?.every ?? null)) ?? row.every,
      timeZone: row.time_zone,
      retention: await words(row.retention, wanted?.retention ?? null),
    });
  }
  const dimensions = await client.query<{ column_name: string }>(
    'select column_name from rollup.timeseries_dimension_config where rollup = $1 order by ordinal',
    [name],
  );
  const partitions = await observePartitions(client, definition, words);
  return {
    definition,
    owned: {
      schedule: await observeSchedule(client, name),
      partitions,
      configuration: {
        source: config.source_table,
        time: config.time_column,
        capture: config.capture,
        schedule: config.schedule,
        lag: (await words(config.lag, definition.refresh.lag)) ?? config.lag,
        onDelete: config.on_delete,
        enabled: config.enabled,
        dimensions: dimensions.rows.map((d) => d.column_name),
        tiers,
        statements: await observeStatements(client, definition, config.statements, rows.rows),
      },
      objects: config.enabled ? await observeObjects(client, definition, config.objects) : 'retired',
    },
  };
}

async function observeStatements(
  client: Client,
  definition: RollupDefinition,
  statements: RollupStatements,
  tiers: readonly TierRow[],
): Promise<string> {
  const source = await observeSource(client, definition).catch(() => null);
  if (source === null) return 'the source table is missing';
  const compiled = compile(definition, source);
  const differing: string[] = [];
  const compare = (label: string, stored: object, wanted: object) => {
    for (const [key, text] of Object.entries(wanted)) {
      if ((stored as Record<string, unknown>)[key] !== text) differing.push(`${label}${key}`);
    }
  };
  compare('', statements, compiled.statements);
  for (const tier of compiled.tiers)
    compare(`${tier.suffix}.`, tiers[tier.ordinal]?.statements ?? {}, tier.statements);
  return differing.length === 0 ? AS_COMPILED : `differ: ${differing.join(', ')}`;
}
