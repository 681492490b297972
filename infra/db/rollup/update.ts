import type { Client } from 'pg';
import { checksum } from '../../model/checksum';
import type { CompiledRollup } from '../../model/compiled';
import { quoteName } from '../../model/names';
import type { ObservedSource } from './shape';

/** Brings the configuration rows of a rollup that is there back to its definition; what the runtime keeps stays. */
export async function updateConfiguration(
  client: Client,
  compiled: CompiledRollup,
  source: ObservedSource,
  retired: boolean,
): Promise<void> {
  const { definition } = compiled;
  const before = await client.query<{ oid: number }>(
    'select source_oid::integer as oid from rollup.timeseries_rollup_config where name = $1',
    [definition.name],
  );
  const otherTable = before.rows[0]?.oid !== source.oid;
  await client.query(
    `update rollup.timeseries_rollup_config
        set source_table = $2, source_oid = $3, time_column = $4, capture = $5, schedule = $6, lag = $7, on_delete = $8,
            definition = $9, definition_checksum = $10, statements = $11, enabled = true, attempt = 0, next_attempt_at = null, updated_at = clock_timestamp()
      where name = $1`,
    [
      definition.name,
      quoteName(definition.source.table),
      source.oid,
      definition.source.time,
      definition.source.capture,
      definition.refresh.schedule,
      definition.refresh.lag,
      definition.onDelete,
      JSON.stringify(definition),
      checksum(definition),
      JSON.stringify(compiled.statements),
    ],
  );
  for (const tier of compiled.tiers) {
    await client.query(
      `insert into rollup.timeseries_tier as t (rollup, ordinal, suffix, every, time_zone, retention, statements)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (rollup, ordinal) do update set suffix = excluded.suffix, every = excluded.every,
         time_zone = excluded.time_zone, retention = excluded.retention, statements = excluded.statements`,
      [
        definition.name,
        tier.ordinal,
        tier.suffix,
        tier.every,
        tier.timeZone,
        tier.retention,
        JSON.stringify(tier.statements),
      ],
    );
  }
  await client.query('delete from rollup.timeseries_dimension_config where rollup = $1', [definition.name]);
  for (const [ordinal, dimension] of compiled.dimensions.entries()) {
    await client.query(
      'insert into rollup.timeseries_dimension_config (rollup, ordinal, column_name, data_type) values ($1, $2, $3, $4)',
      [definition.name, ordinal, dimension.name, dimension.type],
    );
  }
  // What changed while nothing captured it is not known: a retired rollup, and one whose source is another table now (a
  // restore), start their coverage over (see rollup.retire).
  if (retired || otherTable) await client.query('select rollup.retire($1, true)', [definition.name]);
}
