/** Taking a rollup out: works from what the database's catalogue holds. */
import type { Client } from 'pg';
import { checksum } from '../../model/checksum';
import { type Owner, sameOwner } from '../../model/owner';
import { type Plan, type Step, statement, step } from '../../plan/plan';
import { executePlan } from '../execute';
import { hasRecord, readOwner } from '../owners';
import { cronVersion } from '../schedule';
import { inTransaction } from '../transaction';
import { lockRollup } from './apply';
import { readStored, type StoredRollup } from './catalogue';

/** What becomes of what it owns. */
export type Removal = 'retain' | 'drop' | 'uninstall' | 'uninstall and drop';

/** Kinds of the tier tables that are there (`r`, `p`), by name. */
type Kinds = Readonly<Record<string, string>>;

/**
 * Takes a rollup out. `retain`: no job, no triggers, no refreshes; silver keeps its rows and gold stays exact, read from
 * the source (and from silver for sealed ranges). `drop`: everything it owns goes; the source stays. `uninstall`: the same, but silver
 * stays, and a source with managed partitions leaves pg_partman. Gone already: nothing.
 * @param owner Who wants it removed. Not given: whoever owns it.
 * @returns Whom it belongs to, where that is somebody else: then it is left as it is.
 */
export async function removeRollup(
  client: Client,
  name: string,
  how: Removal,
  owner?: Owner,
): Promise<Owner | null> {
  return inTransaction(client, async () => {
    // A database without an engine has no lock to take either.
    if ((await readStored(client, name)) === null) return null;
    await lockRollup(client, name);
    const stored = await readStored(client, name);
    if (stored === null) return null;
    const recorded = await readOwner(client, name);
    if (owner !== undefined && recorded !== null && !sameOwner(owner, recorded)) return recorded;
    const kinds = await client.query<{ name: string; relkind: string }>(
      'select n.name, c.relkind from unnest($1::text[]) n(name) join pg_class c on c.oid = to_regclass(n.name)',
      [stored.names.silver],
    );
    const present = Object.fromEntries(kinds.rows.map((row) => [row.name, row.relkind]));
    const scheduled = (await cronVersion(client)) !== null;
    const record = await hasRecord(client);
    await executePlan(client, planRemoval({ stored, kinds: present, scheduled, record }, how));
    return null;
  });
}

/** What a removal depends on. */
export interface RemovalBasis {
  readonly stored: StoredRollup;
  readonly kinds: Kinds;
  /** This database has pg_cron. */
  readonly scheduled: boolean;
  /** This engine records owners, and what was made. */
  readonly record: boolean;
}

/** Pure: what taking it out does. */
export function planRemoval(basis: RemovalBasis, how: Removal): Plan {
  const { stored, kinds, scheduled, record } = basis;
  const { names, definition } = stored;
  const unschedule = step(`unschedule ${names.job}`, [
    statement(
      'select cron.unschedule(jobid) from cron.job where jobname = $1 and database = current_database()',
      names.job,
    ),
  ]);
  const forget = (table: string) =>
    statement(`delete from rollup.${table} where rollup = $1`, definition.name);
  const steps: Step[] = [
    ...(scheduled ? [unschedule] : []),
    step(
      `stop capturing changes of ${names.source}`,
      [
        statement('select rollup.drop_capture_triggers($1)', definition.name),
        statement('select rollup.retire($1)', definition.name),
      ],
      { lock: { on: names.source, mode: 'access exclusive' } },
    ),
    ...(record ? [step('forget who has deployed it', [forget('owner')])] : []),
    ...(how === 'retain' ? [] : dropObjects(stored, kinds, how !== 'uninstall')),
    ...(how.startsWith('uninstall') ? leavePartman(stored) : []),
    ...(record && how === 'drop' ? [step('forget what was made for it', [forget('made')])] : []),
  ];
  return { steps, basis: checksum({ basis, how }) };
}

function dropObjects({ names, definition }: StoredRollup, kinds: Kinds, silver: boolean): readonly Step[] {
  const drop = (what: string, name: string) =>
    step(`drop ${name}`, [statement(`drop ${what} if exists ${name}`)], { hazards: ['data-loss'] });
  return [
    ...names.gold.map((view) => drop('view', view)),
    ...names.silver.flatMap((table) => [
      ...(kinds[table] === 'p' ? [forgetPartitions(table)] : []),
      ...(silver ? [drop('table', table)] : []),
    ]),
    drop('table', names.dirty),
    drop('table', names.late),
    drop('function', `${names.capture}()`),
    step(`forget ${definition.name}`, [
      statement('delete from rollup.timeseries_rollup_config where name = $1', definition.name),
    ]),
  ];
}

/** Nobody would make or drop partitions of the source any more; those that are there stay. */
function leavePartman({ names, definition }: StoredRollup): readonly Step[] {
  return definition.source.partition === null ? [] : [forgetPartitions(names.source)];
}

/** Takes a table from pg_partman; its partitions stay. A table that is gone: nothing. */
export function forgetPartitions(table: string): Step {
  const forget =
    'select rollup.partman_forget(t.oid) from (select to_regclass($1) as oid) t where t.oid is not null';
  return step(`take ${table} from pg_partman`, [statement(forget, table)]);
}
