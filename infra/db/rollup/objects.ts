import type { Client } from 'pg';
import { plainName } from '../../model/names';
import { INTACT } from '../../plan/owned';
import { hasRelation } from '../relation';
import type { StoredRollup } from './catalogue';

/** What `config.objects` calls the text of a stored statement, such as `statement 1h.clear`. */
const STATEMENT = 'statement ';
/** What the first version kept there for all of them, and how. */
const ALL_STATEMENTS = 'text of the refresh statements';
const ALL_TEXTS = `
  select '${ALL_STATEMENTS}', md5(c.statements::text || string_agg(t.statements::text, ' ' order by t.ordinal))
    from rollup.timeseries_rollup_config c join rollup.timeseries_tier t on t.rollup = c.name
   where c.name = $1 group by c.name`;

/**
 * MD5 of each view's and function's text, as the server holds it now, and of each stored statement, by name. `$1` is the
 * rollup. The names come from the catalogue.
 */
export const OBJECT_TEXTS = `
  select replace(o.name, '"', '') as name, md5(pg_get_viewdef(to_regclass(o.name))) as md5
    from rollup.generation g join rollup.generation_object o using (rollup, generation)
   where g.rollup = $1 and g.live and o.kind = 'view'
  union all
  select replace(o.name, '"', ''), md5(p.prosrc || coalesce(array_to_string(p.proconfig, ','), '') || p.prosecdef)
    from rollup.generation g join rollup.generation_object o using (rollup, generation)
    join pg_proc p on p.oid = to_regprocedure(o.name || '()')
   where g.rollup = $1 and g.live and o.kind = 'capture'
  union all
  select '${STATEMENT}' || s.key, md5(s.value)
    from rollup.timeseries_rollup_config c cross join jsonb_each_text(c.statements) s where c.name = $1
  union all
  select '${STATEMENT}' || t.suffix || '.' || s.key, md5(s.value)
    from rollup.timeseries_tier t cross join jsonb_each_text(t.statements) s where t.rollup = $1`;

/** Texts as the server holds them now: MD5 by name. */
export type Texts = ReadonlyMap<string, string | null>;

/** The same as a map; empty where the engine has no catalogue yet. */
export async function presentTexts(client: Client, name: string): Promise<Texts> {
  if (!(await hasRelation(client, 'rollup.generation_object'))) return new Map();
  const rows = await client.query<{ name: string; md5: string | null }>(
    `${OBJECT_TEXTS} union all ${ALL_TEXTS}`,
    [name],
  );
  return new Map(rows.rows.map((row) => [row.name, row.md5]));
}

type Installed = Readonly<Record<string, string>>;

const isStatement = (name: string): boolean => name.startsWith(STATEMENT) || name === ALL_STATEMENTS;

/** Keys of the stored statements that somebody changed after they were written, such as `1h.clear`. */
export function changedStatements(installed: Installed, present: Texts): readonly string[] {
  return Object.keys(installed)
    .filter((key) => key.startsWith(STATEMENT) && present.get(key) !== installed[key])
    .map((key) => key.slice(STATEMENT.length))
    .sort();
}

/**
 * Whether somebody changed what captures or what refreshes, as against what was installed (perhaps by older code). Then what
 * is materialized may be wrong, and not only its definition.
 */
export async function isUntrusted(client: Client, stored: StoredRollup): Promise<boolean> {
  const present = await presentTexts(client, stored.definition.name);
  const views = stored.names.gold.map(plainName);
  return Object.entries(stored.row.objects).some(
    ([name, text]) => !views.includes(name) && present.get(name) !== text,
  );
}

/** `intact`, or which tables, views, functions, triggers and columns are missing, disabled or were changed by hand. */
export async function observeObjects(client: Client, stored: StoredRollup, present: Texts): Promise<string> {
  const { name } = stored.definition;
  const problems: string[] = [];
  for (const [object, text] of Object.entries(stored.row.objects).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const now = present.get(object);
    if (!isStatement(object) && present.size > 0 && now !== null && now !== undefined && now !== text)
      problems.push(`${object} was changed`);
  }
  const followed = await client.query<{ followed: boolean }>(
    `select to_regprocedure('rollup.source_problems(text)') is not null as followed`,
  );
  // Reading also works before the engine's upgrade.
  const source = followed.rows[0]?.followed ? 'union all select problem from rollup.source_problems($1)' : '';
  const found = await client.query<{ problem: string }>(
    `select problem from rollup.object_problems($1) problem ${source}
     union all select problem from rollup.column_problems($1) problem`,
    [name],
  );
  problems.push(...found.rows.map((row) => row.problem));
  return problems.length === 0 ? INTACT : problems.join('; ');
}
