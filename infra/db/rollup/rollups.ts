import type { Client } from 'pg';
import { compile, declaredShape } from '../../compile';
import { partitionInterval } from '../../compile/tiers';
import { checksum } from '../../model/checksum';
import type { CompiledRollup } from '../../model/compiled';
import type { RollupDefinition } from '../../model/definition';
import { TidemarkError } from '../../model/error';
import { objectNames } from '../../model/names';
import { diff, refusal } from '../../plan/diff';
import { desiredOwned, type Owned, PREMAKE } from '../../plan/owned';
import { scheduleJob, unscheduleJob } from '../schedule';
import { INSTALL_LOCK, inTransaction, ROLLUP_LOCK } from '../transaction';
import { createObjects, ensureSource, insertConfiguration } from './install';
import { isUntrusted, objectTexts } from './objects';
import { type ObservedRollup, observeRollup } from './observe';
import type { ObservedSource } from './shape';
import { updateConfiguration } from './update';

export interface ApplyOptions {
  /** false: leave pg_cron alone, for databases that have none and whose refreshes are called by something else. */
  readonly schedule: boolean;
}

/** What the definition wants, without a database: what inputs and previews show. */
export function wantedState(definition: RollupDefinition): Owned {
  return desiredOwned(definition, (ordinal) => {
    const tier = definition.tiers[ordinal];
    return tier === undefined ? null : partitionInterval(tier);
  });
}

/**
 * Makes the database match a definition, whatever it holds now: nothing, half of it, an older definition, a retired one
 * or one tampered with. One transaction under the rollup's lock: either the old state stays or the new one is there.
 * Refuses changes that would lose data or need a rebuild, before it touches anything.
 */
export async function applyRollup(
  client: Client,
  definition: RollupDefinition,
  options: ApplyOptions,
): Promise<ObservedRollup> {
  return inTransaction(client, async () => {
    await client.query('select pg_advisory_xact_lock($1, 1)', [INSTALL_LOCK]);
    await client.query('select pg_advisory_xact_lock($1, hashtext($2))', [ROLLUP_LOCK, definition.name]);
    const existing = await observeRollup(client, definition.name);
    if (existing !== null) {
      const refused = refusal(definition.name, diff(existing.definition, definition));
      if (refused !== null) {
        throw new TidemarkError(refused, {
          hint: 'Keep this definition and add the changed one under a new name; remove the old one when the new one has caught up.',
        });
      }
    }
    const declared = declaredShape(definition);
    const createSource = declared === null ? null : compile(definition, declared).createSource;
    const source = await ensureSource(client, definition, createSource);
    const compiled = compile(definition, source);
    const state =
      existing === null ? 'new' : (await isUntrusted(client, definition)) ? 'untrusted' : 'existing';
    if (existing === null) await insertConfiguration(client, compiled, source);
    else await updateConfiguration(client, compiled, source, !existing.owned.configuration.enabled);
    await managePartitions(client, definition, source);
    await createObjects(client, compiled, source, state);
    await manageTierPartitions(client, compiled);
    if (options.schedule) await scheduleJob(client, wantedState(definition).schedule);
    await client.query('update rollup.timeseries_rollup_config set objects = $2 where name = $1', [
      definition.name,
      JSON.stringify(await objectTexts(client, definition)),
    ]);
    const result = await observeRollup(client, definition.name);
    if (result === null) throw new Error('the configuration that was just written is not there');
    return result;
  });
}

async function managePartitions(
  client: Client,
  definition: RollupDefinition,
  source: ObservedSource,
): Promise<void> {
  const { partition } = definition.source;
  if (partition === null) return;
  const table = objectNames(definition).source;
  if (!source.partitioned) {
    throw new TidemarkError(
      `Rollup "${definition.name}": source.partition asks pg_partman to manage ${table}, which is not a partitioned table.`,
      {
        hint: `Remove source.partition, or move the rows into a table partitioned by range ("${definition.source.time}").`,
      },
    );
  }
  // Reaches back as far as rows are kept, or a year's worth of partitions.
  await client.query(
    `select rollup.partman_manage($1::regclass, $2, $3::interval,
       date_trunc('day', now()) - coalesce($4::interval, 12 * $3::interval), $4::interval, $5)`,
    [table, definition.source.time, partition.every, partition.retention, PREMAKE],
  );
}

async function manageTierPartitions(client: Client, compiled: CompiledRollup): Promise<void> {
  for (const tier of compiled.tiers) {
    const table = objectNames(compiled.definition).silver[tier.ordinal] as string;
    const kind = await client.query<{ relkind: string }>(
      'select relkind from pg_class where oid = $1::regclass',
      [table],
    );
    if (kind.rows[0]?.relkind !== 'p') continue;
    // The interval stays what it was made with, though a longer retention would choose a longer one today.
    await client.query(
      `select rollup.partman_manage($1::regclass, 'bucket', coalesce((rollup.partman_observe($1::regclass) ->> 'every')::interval, $2::interval),
         (select retained_from from rollup.timeseries_tier where rollup = $3 and ordinal = $4), $5::interval, $6)`,
      [table, tier.partitionEvery, compiled.definition.name, tier.ordinal, tier.retention, PREMAKE],
    );
  }
}

/** Reads back what a rollup owns; null if it is not there. Needs no lock and changes nothing. */
export async function readRollup(client: Client, name: string): Promise<ObservedRollup | null> {
  return observeRollup(client, name);
}

/**
 * Takes a rollup out. `retain`: no job, no triggers, no refreshes; silver keeps its rows and gold stays exact, read from
 * the source (and from silver for sealed ranges). `drop`: everything it owns goes; the source stays. Gone already: nothing.
 */
export async function removeRollup(client: Client, name: string, onDelete: 'retain' | 'drop'): Promise<void> {
  await inTransaction(client, async () => {
    await client.query('select pg_advisory_xact_lock($1, 1)', [INSTALL_LOCK]);
    await client.query('select pg_advisory_xact_lock($1, hashtext($2))', [ROLLUP_LOCK, name]);
    const existing = await observeRollup(client, name);
    if (existing === null) return;
    const definition = existing.definition;
    await unscheduleJob(client, name);
    await client.query('select rollup.drop_capture_triggers($1)', [name]);
    await client.query('select rollup.retire($1)', [name]);
    if (onDelete === 'drop') await dropObjects(client, definition);
  });
}

async function dropObjects(client: Client, definition: RollupDefinition): Promise<void> {
  const names = objectNames(definition);
  for (const view of names.gold) await client.query(`drop view if exists ${view}`);
  for (const table of names.silver) {
    const partitioned = await client.query(
      `select from pg_class where oid = to_regclass($1) and relkind = 'p'`,
      [table],
    );
    if (partitioned.rowCount !== 0) await client.query('select rollup.partman_forget($1::regclass)', [table]);
    await client.query(`drop table if exists ${table}`);
  }
  await client.query(`drop table if exists ${names.dirty}, ${names.late}`);
  await client.query(`drop function if exists ${names.capture}()`);
  await client.query('delete from rollup.timeseries_rollup_config where name = $1', [definition.name]);
}

/** Checksum of what a definition wants: changes exactly when an apply would have something to do. */
export function definitionChecksum(definition: RollupDefinition): string {
  return checksum(definition);
}
