/** What parameters a server really runs with, as against what its parameter group says. */
import type { Client } from 'pg';

/** One parameter, in force or not. */
export interface ObservedSetting {
  readonly name: string;
  /** The wanted text if it is in force, else what the server shows; null if the server knows no such parameter. */
  readonly value: string | null;
  readonly inForce: boolean;
  /** Takes effect at the next start of the server only. */
  readonly needsRestart: boolean;
}

export interface ObservedServer {
  readonly settings: readonly ObservedSetting[];
  /** Changes with every start. */
  readonly startedAt: string;
}

interface Row {
  readonly name: string;
  readonly value: string | null;
  readonly type: string | null;
  readonly context: string | null;
}

/**
 * Compares what is wanted, in the units of `pg_settings.setting`, with what is in force: with what a new session gets, since
 * this one has settings of its own, such as its lock_timeout. A list of libraries may hold more
 * than was wanted: RDS adds its own.
 */
export async function observeSettings(
  client: Client,
  wanted: Readonly<Record<string, string>>,
): Promise<ObservedServer> {
  const rows = await client.query<Row>(
    `select w.name, coalesce(s.reset_val, current_setting(w.name, true)) as value, s.vartype as type, s.context
     from unnest($1::text[]) with ordinality w (name, position) left join pg_settings s on lower(s.name) = lower(w.name)
     order by w.position`,
    [Object.keys(wanted)],
  );
  const started = await client.query<{ at: string }>('select pg_postmaster_start_time()::text as at');
  return {
    settings: rows.rows.map((row) => judge(row, wanted[row.name] ?? '')),
    startedAt: started.rows[0]?.at ?? '',
  };
}

function judge({ name, value, type, context }: Row, wanted: string): ObservedSetting {
  const inForce = value !== null && same(name, type, value, wanted);
  // A parameter of an extension that is not loaded yet is unknown until the server has started with it.
  return {
    name,
    value: inForce ? wanted : value,
    inForce,
    needsRestart: context === null || context === 'postmaster',
  };
}

function same(name: string, type: string | null, value: string, wanted: string): boolean {
  if (name === 'shared_preload_libraries') {
    const loaded = new Set(list(value));
    return list(wanted).every((library) => loaded.has(library));
  }
  if (type === 'bool' || type === 'enum' || type === null) {
    // PostgreSQL shows the method that `on` stands for.
    const shown = name === 'wal_compression' && value === 'pglz' ? 'on' : value;
    const [found, asked] = [truth(shown), truth(wanted)];
    if (found !== null && asked !== null) return found === asked;
  }
  if (type === 'integer' || type === 'real') return Number(value) === Number(wanted);
  return value.trim().toLowerCase() === wanted.trim().toLowerCase();
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim().replaceAll('"', ''))
    .filter((item) => item !== '');
}

function truth(text: string): boolean | null {
  if (/^(on|true|yes|1)$/i.test(text.trim())) return true;
  if (/^(off|false|no|0)$/i.test(text.trim())) return false;
  return null;
}
