/** Everything that is read of a database to plan a change of one rollup. Reading changes nothing. */
import type { Client } from 'pg';
import type { RollupDefinition } from '../../model/definition';
import { namesOf, type ObjectNames, proposedNames } from '../../model/names';
import type { Owner } from '../../model/owner';
import { readMade, readOwner } from '../owners';
import { cronVersion } from '../schedule';
import { readStored, type StoredRollup } from './catalogue';
import { isUntrusted } from './objects';
import { type ObservedSource, observeSource } from './source';

export interface Basis {
  /** What the engine's tables hold of it; null for a new rollup. */
  readonly stored: StoredRollup | null;
  /** What it is to be called: as the catalogue says, or as proposed. */
  readonly names: ObjectNames;
  readonly generation: number;
  /** null: the source does not exist. */
  readonly source: ObservedSource | null;
  /** Which of the names are there as tables, logs and views, with their kinds (`r`, `p`, `v`, …). */
  readonly relations: Readonly<Record<string, string>>;
  /** Columns of those that are tables. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** pg_partman's interval of the tier tables that it manages, by name. */
  readonly partitionEvery: Readonly<Record<string, string>>;
  /** Changes may have gone unseen: a trigger is missing or disabled, or somebody changed what captures or refreshes. */
  readonly untrusted: boolean;
  /** Where gold views read at present: `rollup.source_trust`. */
  readonly trust: string;
  readonly cron: number | null;
  /** Who has deployed it; null: nobody that is known. */
  readonly owner: Owner | null;
  /** Names that were made for this rollup: what has another one of `relations` is somebody else's. */
  readonly made: readonly string[];
  /** Triggers of the source that have names of ours and call something of somebody else's. */
  readonly takenTriggers: readonly string[];
}

/** Reads all that a plan for this definition depends on. Refuses a source whose changes cannot all be seen. */
export async function readBasis(client: Client, definition: RollupDefinition): Promise<Basis> {
  const stored = await readStored(client, definition.name);
  const names = stored === null ? proposedNames(definition) : namesOf(definition, stored.row.catalogue);
  const source = await observeSource(client, definition);
  const tables = [names.dirty, names.late, ...names.silver, ...names.gold];
  const relations = await client.query<{
    name: string;
    relkind: string;
    columns: string[];
    every: string | null;
  }>(
    `select n.name, c.relkind,
            array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
              as columns,
            case when c.relkind = 'p' then rollup.partman_observe(c.oid::regclass) ->> 'every' end as every
       from unnest($1::text[]) n(name) join pg_class c on c.oid = to_regclass(n.name)`,
    [tables],
  );
  return {
    stored,
    names,
    generation: stored?.generation ?? 1,
    source,
    relations: Object.fromEntries(relations.rows.map((row) => [row.name, row.relkind])),
    columns: Object.fromEntries(relations.rows.map((row) => [row.name, row.columns])),
    partitionEvery: Object.fromEntries(
      relations.rows.flatMap((row) => (row.every === null ? [] : [[row.name, row.every]])),
    ),
    untrusted:
      stored !== null &&
      ((await isUntrusted(client, stored)) || (await hasTriggerProblems(client, definition.name))),
    trust: await trust(client, definition.name),
    cron: await cronVersion(client),
    owner: await readOwner(client, definition.name),
    made: await readMade(client, definition.name),
    takenTriggers: await takenTriggers(client, names),
  };
}

async function trust(client: Client, name: string): Promise<string> {
  const found = await client.query<{ trust: string }>('select rollup.source_trust($1) as trust', [name]);
  return found.rows[0]?.trust ?? 'coverage';
}

/** Capture triggers that are missing or disabled, on the source or on a partition that should have them. */
async function hasTriggerProblems(client: Client, name: string): Promise<boolean> {
  const found = await client.query(
    `select from rollup.object_problems($1) problem where problem like 'trigger %' limit 1`,
    [name],
  );
  return found.rowCount !== 0;
}

async function takenTriggers(client: Client, { source, triggers }: ObjectNames): Promise<readonly string[]> {
  const found = await client.query<{ name: string }>(
    `select t.tgname as name from pg_trigger t join pg_proc p on p.oid = t.tgfoid
      where t.tgrelid = to_regclass($1) and t.tgname = any ($2) and p.pronamespace is distinct from to_regnamespace('rollup')
      order by 1`,
    [source, Object.values(triggers)],
  );
  return found.rows.map(({ name }) => name);
}
