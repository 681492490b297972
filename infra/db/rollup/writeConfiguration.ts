/** The rows of the engine's tables that a definition decides. What the runtime keeps in them stays. */
import { checksum } from '../../model/checksum';
import type { CompiledRollup, SourceShape } from '../../model/compiled';
import { CONTRACT } from '../../model/contract';
import { namedColumns } from '../../model/definition';
import { type ObjectNames, objectRows, quoteName } from '../../model/names';
import type { Statement } from '../../plan/plan';

/** Columns of rollup.timeseries_rollup_config and their values; `source_oid` is found by name when the statement runs. */
function configuration({ definition, statements }: CompiledRollup): Readonly<Record<string, unknown>> {
  return {
    name: definition.name,
    source_table: quoteName(definition.source.table),
    time_column: definition.source.time,
    capture: definition.source.capture,
    schedule: definition.refresh.schedule,
    lag: definition.refresh.lag,
    on_delete: definition.onDelete,
    definition: JSON.stringify(definition),
    definition_checksum: checksum(definition),
    statements: JSON.stringify(statements),
  };
}

/** One upsert. The second backfill batch of a new rollup spans a hundred of its finest buckets, at most a day. */
function writeConfig(compiled: CompiledRollup): Statement {
  const columns = configuration(compiled);
  const names = Object.keys(columns);
  const source = `$${names.indexOf('source_table') + 1}::text::regclass::oid`;
  return {
    text: `insert into rollup.timeseries_rollup_config as c
  (${names.join(', ')}, source_oid, batch_span)
values (${names.map((_, index) => `$${index + 1}`).join(', ')}, ${source},
  least(100 * $${names.length + 1}::interval, interval '1 day'))
on conflict (name) do update set
  ${names
    .filter((name) => name !== 'name')
    .map((name) => `${name} = excluded.${name}`)
    .join(', ')},
  source_oid = excluded.source_oid, enabled = true, attempt = 0, next_attempt_at = null, updated_at = clock_timestamp()`,
    values: [...Object.values(columns), compiled.definition.tiers[0]?.every],
  };
}

function writeTier(rollup: string, tier: CompiledRollup['tiers'][number]): Statement {
  return {
    text: `insert into rollup.timeseries_tier as t (rollup, ordinal, suffix, every, time_zone, retention, statements)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (rollup, ordinal) do update set suffix = excluded.suffix, every = excluded.every,
  time_zone = excluded.time_zone, retention = excluded.retention, statements = excluded.statements`,
    values: [
      rollup,
      tier.ordinal,
      tier.suffix,
      tier.every,
      tier.timeZone,
      tier.retention,
      JSON.stringify(tier.statements),
    ],
  };
}

/** Definition, statements, tiers, dimensions, and the catalogue of what belongs to the live generation. */
export function writeConfiguration(
  compiled: CompiledRollup,
  shape: SourceShape,
  names: ObjectNames,
  generation: number,
): readonly Statement[] {
  const { definition } = compiled;
  const { name } = definition;
  const used = namedColumns(definition);
  const columns = Object.fromEntries(
    Object.entries(shape.columns).filter(([column]) => used.includes(column)),
  );
  const objects = JSON.stringify(objectRows(definition, names));
  return [
    writeConfig(compiled),
    ...compiled.tiers.map((tier) => writeTier(name, tier)),
    { text: 'delete from rollup.timeseries_dimension_config where rollup = $1', values: [name] },
    ...compiled.dimensions.map((dimension, ordinal) => ({
      text: 'insert into rollup.timeseries_dimension_config (rollup, ordinal, column_name, data_type) values ($1, $2, $3, $4)',
      values: [name, ordinal, dimension.name, dimension.type],
    })),
    {
      text: 'update rollup.generation set live = false where rollup = $1 and generation <> $2 and live',
      values: [name, generation],
    },
    {
      text: `insert into rollup.generation (rollup, generation, live, contract, source_columns) values ($1, $2, true, $3, $4)
on conflict (rollup, generation) do update set live = true, contract = excluded.contract, source_columns = excluded.source_columns`,
      values: [name, generation, CONTRACT, JSON.stringify(columns)],
    },
    {
      text: 'delete from rollup.generation_object where rollup = $1 and generation = $2',
      values: [name, generation],
    },
    {
      text: `insert into rollup.generation_object (rollup, generation, kind, part, name)
select $1, $2, o.kind, o.part, o.name from json_to_recordset($3) o(kind text, part text, name text)`,
      values: [name, generation, objects],
    },
    {
      text: `insert into rollup.made (kind, name, rollup)
select o.kind, o.name, $1 from json_to_recordset($2) o(kind text, name text) where o.kind <> 'trigger'
on conflict do nothing`,
      values: [name, objects],
    },
  ];
}
