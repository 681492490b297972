import type { Client } from 'pg';
import type { RollupDefinition } from '../../model/definition';
import type { ObjectNames } from '../../model/names';
import type { OwnedPartitions, OwnedSchedule } from '../../plan/owned';
import { hasRelation } from '../relation';

/** Turns an interval text of the database into the words of the definition, where the two are equal. */
export type Words = (value: string | null, wanted: string | null) => Promise<string | null>;

/** The pg_cron job, or null; null too where this database has no pg_cron. */
export async function observeSchedule(client: Client, job: string): Promise<OwnedSchedule | null> {
  if (!(await hasRelation(client, 'cron.job'))) return null;
  const found = await client.query<OwnedSchedule>(
    'select jobname as job, schedule, command, active from cron.job where jobname = $1 and database = current_database()',
    [job],
  );
  return found.rows[0] ?? null;
}

/** pg_partman's configuration of the source and of partitioned tiers, by qualified table name. */
export async function observePartitions(
  client: Client,
  definition: RollupDefinition,
  names: ObjectNames,
  words: Words,
): Promise<Record<string, OwnedPartitions | null>> {
  const result: Record<string, OwnedPartitions | null> = {};
  const read = async (table: string, every: string | null, retention: string | null) => {
    const found = await client.query<{ observed: OwnedPartitions | null }>(
      'select case when to_regclass($1) is not null then rollup.partman_observe($1::regclass) end as observed',
      [table],
    );
    const observed = found.rows[0]?.observed ?? null;
    result[table] =
      observed === null
        ? null
        : {
            every: (await words(observed.every, every)) ?? observed.every,
            retention: await words(observed.retention, retention),
            premake: observed.premake,
            automaticMaintenance: observed.automaticMaintenance,
          };
  };
  if (definition.source.partition !== null)
    await read(names.source, definition.source.partition.every, definition.source.partition.retention);
  for (const [ordinal, tier] of definition.tiers.entries()) {
    const kind = await client.query<{ relkind: string }>(
      'select relkind from pg_class where oid = to_regclass($1)',
      [names.silver[ordinal]],
    );
    if (kind.rows[0]?.relkind === 'p') await read(names.silver[ordinal] as string, null, tier.retention);
  }
  return result;
}
