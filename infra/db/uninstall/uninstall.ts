/** Takes everything of Tidemark's out of a database, and nothing else. */
import type { Client } from 'pg';
import { checksum } from '../../model/checksum';
import { TidemarkError } from '../../model/error';
import { quoteIdent } from '../../model/names';
import { type Plan, type Step, statement, step } from '../../plan/plan';
import { unscheduleJobs } from '../engine/engine';
import { executePlan } from '../execute';
import { forgetPartitions, removeRollup } from '../rollup/remove';
import { INSTALL_LOCK, inTransaction } from '../transaction';
import { type Inventory, readInventory } from './inventory';

export interface UninstallOptions {
  /** true: the tables in silver go, too. */
  readonly dropSilver: boolean;
}

/**
 * One rollup after the other, then the engine. What is done stays done, and a second run goes on from there.
 * @param onDone Is told what has gone.
 */
export async function uninstall(
  client: Client,
  { dropSilver }: UninstallOptions,
  onDone: (what: string) => void = () => undefined,
): Promise<void> {
  const first = await readInventory(client);
  if (first === null) return;
  refuseForeign(first);
  for (const { name } of first.rollups) {
    // Also where silver goes: the source has to leave pg_partman.
    await removeRollup(client, name, dropSilver ? 'uninstall and drop' : 'uninstall');
    onDone(`rollup ${name}`);
  }
  await inTransaction(client, async () => {
    await client.query('select pg_advisory_xact_lock($1, 0)', [INSTALL_LOCK]);
    const rest = await readInventory(client);
    if (rest === null) return;
    if (rest.rollups.length > 0) {
      throw new TidemarkError(
        `Rollup "${rest.rollups[0]?.name}" was deployed while Tidemark was being uninstalled, so the engine stays.`,
        { hint: 'Run tidemark uninstall again when nobody deploys.' },
      );
    }
    refuseForeign(rest);
    await unscheduleJobs(client);
    await executePlan(client, planUninstall(rest, { dropSilver }));
  });
  onDone('engine');
}

function refuseForeign({ foreign }: Inventory): void {
  if (foreign.length === 0) return;
  const [verb, pronoun] = foreign.length === 1 ? ['depends', 'it'] : ['depend', 'them'];
  throw new TidemarkError(
    `Tidemark cannot be uninstalled, because ${foreign.join(', ')} ${verb} on what would go, or is in the schema rollup. Nothing was changed.`,
    { hint: `Drop or change ${pronoun} first.` },
  );
}

/** Pure: what is left when the rollups are gone. Nothing is dropped with what depends on it: PostgreSQL would refuse. */
export function planUninstall(inventory: Inventory, { dropSilver }: UninstallOptions): Plan {
  const { orphans, tables, views, routines, schemas } = inventory;
  const named = (...kinds: readonly string[]) =>
    orphans.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
  const drop = (what: string, names: readonly string[]): readonly Step[] =>
    names.length === 0
      ? []
      : [
          step(
            `drop ${names.length} of kind ${what}`,
            [statement(`drop ${what} if exists ${names.join(', ')}`)],
            {
              hazards: ['data-loss'],
            },
          ),
        ];
  const steps: readonly Step[] = [
    // Of rollups whose configuration is gone: nobody else would drop these.
    step('stop capturing changes', [statement(DROP_TRIGGERS)]),
    ...drop('view', named('view')),
    ...named('state').map(forgetPartitions),
    ...drop('table', [...(dropSilver ? named('state') : []), ...named('dirty', 'late')]),
    ...drop('view', views),
    // Some take a row of a table as an argument.
    ...drop('routine', [...named('capture').map((name) => `${name}()`), ...routines]),
    ...drop('table', tables),
    step('drop the schema rollup', [statement('drop schema rollup')]),
    ...schemas.map((schema) =>
      step(`drop the schema ${schema} if it is empty`, [statement(dropEmpty(schema))]),
    ),
  ];
  return { steps, basis: checksum({ inventory, dropSilver }) };
}

const DROP_TRIGGERS = `do $$
declare
  v_trigger record;
begin
  for v_trigger in
    select t.tgrelid::regclass as relation, t.tgname from pg_trigger t join pg_proc p on p.oid = t.tgfoid
     where p.pronamespace = 'rollup'::regnamespace and t.tgparentid = 0 and not t.tgisinternal
  loop
    execute format('drop trigger if exists %I on %s', v_trigger.tgname, v_trigger.relation);
  end loop;
end $$`;

function dropEmpty(schema: string): string {
  return `do $$
begin
  drop schema ${quoteIdent(schema)};
exception when dependent_objects_still_exist then
  null;
end $$`;
}
