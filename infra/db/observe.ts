import type { Client } from 'pg';
import { compile } from '../compile';
import { canonicalJson } from '../plan/checksum';
import { cronJobName, objectNames, tierName, triggerNames } from '../plan/names';
import { AS_COMPILED, INTACT, type Owned, type OwnedPartitions, type OwnedSchedule } from '../plan/owned';
import type { RollupSpec } from '../plan/spec';
import type { RollupStatements, TierStatements } from '../plan/types';
import { observeSource } from './shape';

export interface ObservedRollup {
  /** The definition that was applied last. */
  readonly definition: RollupSpec;
  readonly owned: Owned;
}

interface ConfigRow {
  readonly definition: RollupSpec;
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
    `select definition, source_table, time_column, capture, schedule, lag::text, on_delete, enabled, statements, objects
       from rollup.timeseries_rollup_config where name = $1`,
    [name],
  );
  const config = found.rows[0];
  if (config === undefined) return null;
  const spec = config.definition;
  const words = async (value: string | null, wanted: string | null): Promise<string | null> => {
    if (value === null || wanted === null) return value;
    return (await client.query<{ text: string }>(sameInterval, [value, wanted])).rows[0]?.text ?? value;
  };
  const rows = await client.query<TierRow>(
    'select suffix, every::text, time_zone, retention::text, statements from rollup.timeseries_tier where rollup = $1 order by ordinal',
    [name],
  );
  const tiers = [];
  for (const row of rows.rows) {
    const wanted = spec.tiers.find((tier) => tier.suffix === row.suffix);
    tiers.push({
      table: `silver.${spec.name}_${row.suffix}`,
      every: (await words(row.every, wanted?.every ?? null)) ?? row.every,
      timeZone: row.time_zone,
      retention: await words(row.retention, wanted?.retention ?? null),
    });
  }
  const dimensions = await client.query<{ column_name: string }>(
    'select column_name from rollup.timeseries_dimension_config where rollup = $1 order by ordinal',
    [name],
  );
  const partitions = await observePartitions(client, spec, words);
  return {
    definition: spec,
    owned: {
      schedule: await observeSchedule(client, name),
      partitions,
      configuration: {
        source: config.source_table,
        time: config.time_column,
        capture: config.capture,
        schedule: config.schedule,
        lag: (await words(config.lag, spec.refresh.lag)) ?? config.lag,
        onDelete: config.on_delete,
        enabled: config.enabled,
        dimensions: dimensions.rows.map((d) => d.column_name),
        tiers,
        statements: await observeStatements(client, spec, config.statements, rows.rows),
      },
      objects: config.enabled ? await observeObjects(client, spec, config.objects) : 'retired',
    },
  };
}

/** The pg_cron job, or null; null too where this database has no pg_cron. */
export async function observeSchedule(client: Client, name: string): Promise<OwnedSchedule | null> {
  const cron = await client.query<{ present: boolean }>(`select to_regclass('cron.job') is not null as present`);
  if (!cron.rows[0]?.present) return null;
  const job = await client.query<OwnedSchedule>(
    'select jobname as job, schedule, command, active from cron.job where jobname = $1 and database = current_database()',
    [cronJobName(name)],
  );
  return job.rows[0] ?? null;
}

async function observePartitions(
  client: Client,
  spec: RollupSpec,
  words: (value: string | null, wanted: string | null) => Promise<string | null>,
): Promise<Record<string, OwnedPartitions | null>> {
  const names = objectNames(spec);
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
  if (spec.source.partition !== null) await read(names.source, spec.source.partition.every, spec.source.partition.retention);
  for (const [ordinal, tier] of spec.tiers.entries()) {
    const kind = await client.query<{ relkind: string }>('select relkind from pg_class where oid = to_regclass($1)', [names.silver[ordinal]]);
    if (kind.rows[0]?.relkind === 'p') await read(names.silver[ordinal] as string, null, tier.retention);
  }
  return result;
}

async function observeStatements(
  client: Client,
  spec: RollupSpec,
  statements: RollupStatements,
  tiers: readonly TierRow[],
): Promise<string> {
  const source = await observeSource(client, spec).catch(() => null);
  if (source === null) return 'the source table is missing';
  const compiled = compile(spec, source);
  const differing: string[] = [];
  const compare = (label: string, stored: object, wanted: object) => {
    for (const [key, text] of Object.entries(wanted)) {
      if ((stored as Record<string, unknown>)[key] !== text) differing.push(`${label}${key}`);
    }
  };
  compare('', statements, compiled.statements);
  for (const tier of compiled.tiers) compare(`${tier.suffix}.`, tiers[tier.ordinal]?.statements ?? {}, tier.statements);
  return differing.length === 0 ? AS_COMPILED : `differ: ${differing.join(', ')}`;
}

/** MD5 of each view's and function's text as the server holds it. */
export async function objectTexts(client: Client, spec: RollupSpec): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const tier of spec.tiers) {
    const view = `gold.${tierName(spec, tier)}`;
    const found = await client.query<{ md5: string }>('select md5(pg_get_viewdef(to_regclass($1))) as md5', [view]);
    if (found.rows[0]?.md5) texts[view] = found.rows[0].md5;
  }
  const fn = await client.query<{ md5: string }>(
    `select md5(prosrc || coalesce(array_to_string(proconfig, ','), '') || prosecdef) as md5 from pg_proc
      where pronamespace = 'rollup'::regnamespace and proname = $1`,
    [`capture_${spec.name}`],
  );
  if (fn.rows[0] !== undefined) texts[`rollup.capture_${spec.name}`] = fn.rows[0].md5;
  return texts;
}

async function observeObjects(client: Client, spec: RollupSpec, installed: Record<string, string>): Promise<string> {
  const problems: string[] = [];
  const present = await objectTexts(client, spec);
  for (const name of Object.keys(installed).sort()) {
    if (present[name] === undefined) problems.push(`${name} is missing`);
    else if (canonicalJson(present[name]) !== canonicalJson(installed[name])) problems.push(`${name} was changed`);
  }
  for (const table of [...objectNames(spec).silver, objectNames(spec).dirty, objectNames(spec).late]) {
    const found = await client.query<{ present: boolean }>('select to_regclass($1) is not null as present', [table]);
    if (!found.rows[0]?.present) problems.push(`${table.replaceAll('"', '')} is missing`);
  }
  problems.push(...(await triggerProblems(client, spec)));
  return problems.length === 0 ? INTACT : problems.join('; ');
}

async function triggerProblems(client: Client, spec: RollupSpec): Promise<string[]> {
  const names = triggerNames(spec.name);
  const wanted = spec.source.capture === 'rows' ? [names.insert, names.truncate] : Object.values(names);
  const result = await client.query<{ problem: string }>(
    `select format('trigger %s on %s is %s', w.name, r.relid::regclass, case when t.oid is null then 'missing' else 'disabled' end) as problem
       from (select $1::oid::regclass as relid union select relid::regclass from rollup.source_leaf where rollup = $2) r
      cross join unnest($3::text[]) w(name)
       left join pg_trigger t on t.tgrelid = r.relid and t.tgname = w.name
      where (t.oid is null or t.tgenabled not in ('O', 'A')) and exists (select from pg_class c where c.oid = r.relid)
      order by 1`,
    [(await client.query<{ oid: number }>('select source_oid::integer as oid from rollup.timeseries_rollup_config where name = $1', [spec.name])).rows[0]?.oid, spec.name, wanted],
  );
  return result.rows.map((row) => row.problem);
}
