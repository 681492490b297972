/** The database's own record of its rollups: definitions, versions, and the names of what belongs to them. */
import type { Client } from 'pg';
import { z } from 'zod';
import type { SourceShape } from '../../model/compiled';
import { storedDefinition } from '../../model/contract';
import { type RollupDefinition, TierDefinition } from '../../model/definition';
import { namesOf, type ObjectNames, type ObjectRow } from '../../model/names';

const Objects = z.array(
  z.object({
    kind: z.enum(['state', 'view', 'dirty', 'late', 'capture', 'trigger', 'job']),
    part: z.string(),
    name: z.string(),
  }),
);

const SourceColumns = z.record(z.string(), z.object({ type: z.string(), collation: z.string().nullable() }));

const ConfigRow = z.object({
  definition: z.unknown(),
  contract: z.number().int().nullable(),
  generation: z.number().int().nullable(),
  source_columns: SourceColumns.nullable(),
  catalogue: Objects,
  source_table: z.string(),
  source_is_other: z.boolean(),
  time_column: z.string(),
  capture: z.string(),
  schedule: z.string(),
  lag: z.string(),
  on_delete: z.string(),
  enabled: z.boolean(),
  /** Some history is kept whose source rows are gone. */
  sealed: z.boolean(),
  objects: z.record(z.string(), z.string()),
});

/** A rollup as the engine's tables hold it. */
export interface StoredRollup {
  readonly definition: RollupDefinition;
  readonly names: ObjectNames;
  /** The live generation; null where the engine is of a version that knew none. */
  readonly generation: number | null;
  /** Columns of the source when the statements were compiled; null where that was not recorded. */
  readonly shape: SourceShape | null;
  readonly row: z.infer<typeof ConfigRow>;
  /** As their rows say, intervals in the words of the definition where the two are equal. */
  readonly tiers: readonly TierDefinition[];
  readonly dimensions: readonly string[];
}

/** What the engine of this database has, since reading also works before its upgrade. */
async function engineTables(client: Client): Promise<{ config: boolean; catalogue: boolean }> {
  const found = await client.query<{ config: boolean; catalogue: boolean }>(
    `select to_regclass('rollup.timeseries_rollup_config') is not null as config,
            to_regclass('rollup.generation_object') is not null as catalogue`,
  );
  return found.rows[0] ?? { config: false, catalogue: false };
}

/** Reads a rollup from the engine's tables; null if they hold none of that name. Reads nothing else and compiles nothing. */
export async function readStored(client: Client, name: string): Promise<StoredRollup | null> {
  const engine = await engineTables(client);
  if (!engine.config) return null;
  const generation = engine.catalogue
    ? `g.contract, g.generation, g.source_columns,
       (select coalesce(json_agg(json_build_object('kind', o.kind, 'part', o.part, 'name', o.name) order by o.kind, o.part), '[]')
          from rollup.generation_object o where o.rollup = g.rollup and o.generation = g.generation) as catalogue
       from rollup.timeseries_rollup_config c left join rollup.generation g on g.rollup = c.name and g.live`
    : `1 as contract, null::integer as generation, null::jsonb as source_columns, '[]'::json as catalogue
       from rollup.timeseries_rollup_config c`;
  const found = await client.query(
    `select c.definition, c.source_table, to_regclass(c.source_table) is distinct from c.source_oid::regclass as source_is_other,
            c.time_column, c.capture, c.schedule, c.lag::text, c.on_delete, c.enabled, not isempty(c.sealed) as sealed, c.objects, ${generation} where c.name = $1`,
    [name],
  );
  if (found.rows[0] === undefined) return null;
  const row = ConfigRow.parse(found.rows[0]);
  const definition = storedDefinition(name, row.contract ?? 1, row.definition);
  const tiers = await client.query(
    `select t.suffix, t.time_zone as "timeZone",
            case when t.every = d.every::interval then d.every else t.every::text end as every,
            case when t.retention = d.retention::interval then d.retention else t.retention::text end as retention
       from rollup.timeseries_tier t
       left join json_to_recordset($2) d(suffix text, every text, retention text) on d.suffix = t.suffix
      where t.rollup = $1 order by t.ordinal`,
    [name, JSON.stringify(definition.tiers)],
  );
  const dimensions = await client.query<{ column_name: string }>(
    'select column_name from rollup.timeseries_dimension_config where rollup = $1 order by ordinal',
    [name],
  );
  return {
    definition,
    names: namesOf(definition, row.catalogue as readonly ObjectRow[]),
    generation: row.generation,
    shape: row.source_columns === null ? null : { columns: row.source_columns },
    row,
    tiers: z.array(TierDefinition).parse(tiers.rows),
    dimensions: dimensions.rows.map((d) => d.column_name),
  };
}
