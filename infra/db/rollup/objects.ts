import type { Client } from 'pg';
import { canonicalJson } from '../../model/checksum';
import type { RollupDefinition } from '../../model/definition';
import { objectNames, tierName, triggerNames } from '../../model/names';
import { INTACT } from '../../plan/owned';

/** MD5 of each view's and function's text, and of the refresh statements, as the server holds them. */
export async function objectTexts(
  client: Client,
  definition: RollupDefinition,
): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const tier of definition.tiers) {
    const view = `gold.${tierName(definition, tier)}`;
    const found = await client.query<{ md5: string }>('select md5(pg_get_viewdef(to_regclass($1))) as md5', [
      view,
    ]);
    if (found.rows[0]?.md5) texts[view] = found.rows[0].md5;
  }
  const fn = await client.query<{ md5: string }>(
    `select md5(prosrc || coalesce(array_to_string(proconfig, ','), '') || prosecdef) as md5 from pg_proc
      where pronamespace = 'rollup'::regnamespace and proname = $1`,
    [`capture_${definition.name}`],
  );
  if (fn.rows[0] !== undefined) texts[`rollup.capture_${definition.name}`] = fn.rows[0].md5;
  const statements = await client.query<{ md5: string }>(
    `select md5(c.statements::text || string_agg(t.statements::text, ' ' order by t.ordinal)) as md5
       from rollup.timeseries_rollup_config c join rollup.timeseries_tier t on t.rollup = c.name
      where c.name = $1 group by c.name`,
    [definition.name],
  );
  if (statements.rows[0] !== undefined) texts['text of the refresh statements'] = statements.rows[0].md5;
  return texts;
}

/**
 * Whether somebody changed what captures or what refreshes, as against what was installed (perhaps by older code). Then what
 * is materialized may be wrong, and not only its definition.
 */
export async function isUntrusted(client: Client, definition: RollupDefinition): Promise<boolean> {
  const found = await client.query<{ objects: Record<string, string> }>(
    'select objects from rollup.timeseries_rollup_config where name = $1',
    [definition.name],
  );
  const installed = Object.entries(found.rows[0]?.objects ?? {});
  const present = await objectTexts(client, definition);
  return installed.some(([name, text]) => !name.startsWith('gold.') && present[name] !== text);
}

/** `intact`, or which tables, views, functions and triggers are missing, disabled or were changed by hand. */
export async function observeObjects(
  client: Client,
  definition: RollupDefinition,
  installed: Record<string, string>,
): Promise<string> {
  const problems: string[] = [];
  const present = await objectTexts(client, definition);
  for (const name of Object.keys(installed).sort()) {
    if (present[name] === undefined) problems.push(`${name} is missing`);
    else if (canonicalJson(present[name]) !== canonicalJson(installed[name]))
      problems.push(`${name} was changed`);
  }
  for (const table of [
    ...objectNames(definition).silver,
    objectNames(definition).dirty,
    objectNames(definition).late,
  ]) {
    const found = await client.query<{ present: boolean }>('select to_regclass($1) is not null as present', [
      table,
    ]);
    if (!found.rows[0]?.present) problems.push(`${table.replaceAll('"', '')} is missing`);
  }
  problems.push(...(await triggerProblems(client, definition)));
  return problems.length === 0 ? INTACT : problems.join('; ');
}

/** Capture triggers that are missing or disabled, on the source or on a partition that should have them. */
export async function triggerProblems(client: Client, definition: RollupDefinition): Promise<string[]> {
  const names = triggerNames(definition.name);
  const wanted = definition.source.capture === 'rows' ? [names.insert, names.truncate] : Object.values(names);
  const result = await client.query<{ problem: string }>(
    `select format('trigger %s on %s is %s', w.name, r.relid::regclass, case when t.oid is null then 'missing' else 'disabled' end) as problem
       from (select $1::oid::regclass as relid union select relid::regclass from rollup.source_leaf where rollup = $2) r
      cross join unnest($3::text[]) w(name)
       left join pg_trigger t on t.tgrelid = r.relid and t.tgname = w.name
      where (t.oid is null or t.tgenabled not in ('O', 'A')) and exists (select from pg_class c where c.oid = r.relid)
        and (w.name <> $4 or exists (select from pg_partitioned_table p where p.partrelid = $1))
      order by 1`,
    [
      (
        await client.query<{ oid: number }>(
          'select source_oid::integer as oid from rollup.timeseries_rollup_config where name = $1',
          [definition.name],
        )
      ).rows[0]?.oid,
      definition.name,
      wanted,
      names.move,
    ],
  );
  return result.rows.map((row) => row.problem);
}
