import { type Client, DatabaseError } from 'pg';
import { compile } from '../../compile';
import { checksum } from '../../model/checksum';
import type { CompiledRollup } from '../../model/compiled';
import type { RollupDefinition } from '../../model/definition';
import { TidemarkError } from '../../model/error';
import { objectNames, quoteName } from '../../model/names';
import { triggerProblems } from './objects';
import { type ObservedSource, observeSource } from './shape';

/** The source as it is, created first where the definition gives its columns. */
export async function ensureSource(
  client: Client,
  definition: RollupDefinition,
  createSource: string | null,
): Promise<ObservedSource> {
  const existing = await observeSource(client, definition);
  if (existing !== null) return existing;
  if (createSource === null) {
    throw new TidemarkError(
      `Rollup "${definition.name}": the source table ${quoteName(definition.source.table)} does not exist.`,
      {
        hint: 'Create the table first, or give `source.columns` and Tidemark creates it.',
      },
    );
  }
  await client.query(`create schema if not exists ${quoteName(definition.source.table).split('.')[0]}`);
  await client.query(createSource);
  const created = await observeSource(client, definition);
  if (created === null) throw new Error('the source that was just created is not there');
  return created;
}

/** Compiles against the source as it is in the database. */
export function compileFor(definition: RollupDefinition, source: ObservedSource): CompiledRollup {
  return compile(definition, source);
}

/** Writes the configuration rows of a rollup that is not there yet. */
export async function insertConfiguration(
  client: Client,
  compiled: CompiledRollup,
  source: ObservedSource,
): Promise<void> {
  const { definition } = compiled;
  await client.query(
    `insert into rollup.timeseries_rollup_config (name, source_table, source_oid, time_column, capture, schedule, lag, on_delete,
       definition, definition_checksum, statements, batch_span)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, least(100 * $12::interval, interval '1 day'))`,
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
      definition.tiers[0]?.every,
    ],
  );
  for (const tier of compiled.tiers) {
    await client.query(
      `insert into rollup.timeseries_tier (rollup, ordinal, suffix, every, time_zone, retention, statements) values ($1, $2, $3, $4, $5, $6, $7)`,
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
  for (const [ordinal, dimension] of compiled.dimensions.entries()) {
    await client.query(
      'insert into rollup.timeseries_dimension_config (rollup, ordinal, column_name, data_type) values ($1, $2, $3, $4)',
      [definition.name, ordinal, dimension.name, dimension.type],
    );
  }
}

/** Creates tables, capture function, triggers and views of a rollup whose configuration rows are there. */
export async function createObjects(
  client: Client,
  compiled: CompiledRollup,
  source: ObservedSource,
  state: 'new' | 'existing' | 'untrusted' = 'new',
): Promise<void> {
  const { definition } = compiled;
  const names = objectNames(definition);
  const lost: string[] = [];
  const logs = [names.dirty, names.late];
  for (const [index, statement] of compiled.createLogs.entries()) {
    if (await missing(client, logs[index] as string)) {
      await client.query(statement);
      lost.push(logs[index] as string);
    }
  }
  for (const [ordinal, tier] of compiled.tiers.entries()) {
    if (await missing(client, names.silver[ordinal] as string)) {
      await client.query(tier.createTable);
      lost.push(names.silver[ordinal] as string);
    }
  }
  await client.query(compiled.captureFunction);
  for (const [ordinal, tier] of compiled.tiers.entries())
    await replaceView(client, names.gold[ordinal] as string, tier.createView);
  await client.query('select rollup.advance_retention($1)', [definition.name]);
  // Something of an existing rollup was not there: changes may have gone unseen, so coverage starts over.
  if (
    state === 'untrusted' ||
    (state === 'existing' && (lost.length > 0 || (await triggerProblems(client, definition)).length > 0))
  ) {
    await client.query('select rollup.retire($1, true)', [definition.name]);
  }
  await client.query('select rollup.create_capture_triggers($1, $2::oid::regclass)', [
    definition.name,
    source.oid,
  ]);
  await client.query('select rollup.sync_leaves($1)', [definition.name]);
}

async function missing(client: Client, name: string): Promise<boolean> {
  const result = await client.query<{ missing: boolean }>('select to_regclass($1) is null as missing', [
    name,
  ]);
  return result.rows[0]?.missing ?? true;
}

/** Replaces a view in place, so that grants stay; one that somebody gave other columns has to be dropped first. */
async function replaceView(client: Client, view: string, createView: string): Promise<void> {
  await client.query('savepoint view');
  try {
    await client.query(createView);
  } catch (error) {
    if (!(error instanceof DatabaseError) || !['42P16', '42809'].includes(error.code ?? '')) throw error;
    await client.query('rollback to savepoint view');
    await client.query(`drop view if exists ${view}`);
    await client.query(createView);
  }
  await client.query('release savepoint view');
}
