/** Taking a rollup out: works from what the database's catalogue holds. */
import type { Client } from 'pg';
import { checksum } from '../../model/checksum';
import { type Plan, type Step, statement, step } from '../../plan/plan';
import { executePlan } from '../execute';
import { cronVersion } from '../schedule';
import { inTransaction } from '../transaction';
import { lockRollup } from './apply';
import { readStored, type StoredRollup } from './catalogue';

/** Kinds of the tier tables that are there (`r`, `p`), by name. */
type Kinds = Readonly<Record<string, string>>;

/**
 * Takes a rollup out. `retain`: no job, no triggers, no refreshes; silver keeps its rows and gold stays exact, read from
 * the source (and from silver for sealed ranges). `drop`: everything it owns goes; the source stays. Gone already: nothing.
 */
export async function removeRollup(client: Client, name: string, onDelete: 'retain' | 'drop'): Promise<void> {
  await inTransaction(client, async () => {
    // A database without an engine has no lock to take either.
    if ((await readStored(client, name)) === null) return;
    await lockRollup(client, name);
    const stored = await readStored(client, name);
    if (stored === null) return;
    const kinds = await client.query<{ name: string; relkind: string }>(
      'select n.name, c.relkind from unnest($1::text[]) n(name) join pg_class c on c.oid = to_regclass(n.name)',
      [stored.names.silver],
    );
    const present = Object.fromEntries(kinds.rows.map((row) => [row.name, row.relkind]));
    const scheduled = (await cronVersion(client)) !== null;
    await executePlan(client, planRemoval(stored, present, scheduled, onDelete));
  });
}

/** Pure: what taking it out does. */
export function planRemoval(
  stored: StoredRollup,
  kinds: Kinds,
  scheduled: boolean,
  onDelete: 'retain' | 'drop',
): Plan {
  const { names, definition } = stored;
  const unschedule = step(`unschedule ${names.job}`, [
    statement('select cron.unschedule(jobid) from cron.job where jobname = $1', names.job),
  ]);
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
    ...(onDelete === 'drop' ? dropObjects(stored, kinds) : []),
  ];
  return { steps, basis: checksum({ stored, kinds, scheduled, onDelete }) };
}

function dropObjects({ names, definition }: StoredRollup, kinds: Kinds): readonly Step[] {
  const drop = (what: string, name: string) =>
    step(`drop ${name}`, [statement(`drop ${what} if exists ${name}`)], { hazards: ['data-loss'] });
  return [
    ...names.gold.map((view) => drop('view', view)),
    ...names.silver.flatMap((table) => [
      ...(kinds[table] === 'p'
        ? [
            step(`take ${table} from pg_partman`, [
              statement('select rollup.partman_forget($1::regclass)', table),
            ]),
          ]
        : []),
      drop('table', table),
    ]),
    drop('table', names.dirty),
    drop('table', names.late),
    drop('function', `${names.capture}()`),
    step(`forget ${definition.name}`, [
      statement('delete from rollup.timeseries_rollup_config where name = $1', definition.name),
    ]),
  ];
}
