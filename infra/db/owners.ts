/** The database's record of who deployed what. Reading also works before the engine is upgraded to one that has it. */
import type { Client } from 'pg';
import { TidemarkError } from '../model/error';
import { type Owner, ownerText, sameOwner } from '../model/owner';
import { type Step, statement, step } from '../plan/plan';
import { hasRelation } from './relation';

/** Whose a deployment is, and what it may take over. */
export interface Ownership {
  readonly owner: Owner;
  /** The owner that this resource was before, such as before the stack was renamed. */
  readonly before?: Owner;
  /** true: takes over what another resource has deployed. */
  readonly adopt: boolean;
}

/** Whether this engine keeps record of what was made for which rollup. */
export function hasRecord(client: Client): Promise<boolean> {
  return hasRelation(client, 'rollup.made');
}

/** Who deployed a rollup; null: nobody that is known. */
export async function readOwner(client: Client, rollup: string): Promise<Owner | null> {
  if (!(await hasRelation(client, 'rollup.owner'))) return null;
  const found = await client.query<Owner>(
    'select project, stack, resource from rollup.owner where rollup = $1',
    [rollup],
  );
  return found.rows[0] ?? null;
}

/** Names of all tables, logs and views that were made for a rollup. */
export async function readMade(client: Client, rollup: string): Promise<readonly string[]> {
  if (!(await hasRecord(client))) return [];
  const found = await client.query<{ name: string }>(
    `select name from rollup.made where rollup = $1
      union select name from rollup.generation_object where rollup = $1 order by 1`,
    [rollup],
  );
  return found.rows.map(({ name }) => name);
}

/** Refuses a rollup that another resource has deployed, unless it is to be taken over. */
export function refuseForeign(rollup: string, recorded: Owner | null, ownership: Ownership): void {
  const { owner, before, adopt } = ownership;
  if (recorded === null || adopt || sameOwner(recorded, owner)) return;
  if (before !== undefined && sameOwner(recorded, before)) return;
  throw new TidemarkError(
    `Rollup "${rollup}" was deployed to this database by another stack or resource (${ownerText(recorded)}). Nothing was changed.`,
    {
      hint: 'Give this rollup another name, or take the other one over with adopt: true (pulumi config set tidemark:adopt true).',
    },
  );
}

/** Records whose a rollup is from now on. */
export function recordOwner(rollup: string, owner: Owner): Step {
  const { project, stack, resource } = owner;
  return step(`record that ${rollup} is deployed by ${ownerText(owner)}`, [
    statement(
      `insert into rollup.owner (rollup, project, stack, resource) values ($1, $2, $3, $4)
on conflict (rollup) do update set project = excluded.project, stack = excluded.stack, resource = excluded.resource`,
      rollup,
      project,
      stack,
      resource,
    ),
  ]);
}

/** Whether this resource is recorded as one that wants the engine. */
export async function usesEngine(client: Client, owner: Owner): Promise<boolean> {
  if (!(await hasRelation(client, 'rollup.engine_user'))) return false;
  const { project, stack, resource } = owner;
  const found = await client.query(
    'select from rollup.engine_user where project = $1 and stack = $2 and resource = $3',
    [project, stack, resource],
  );
  return found.rowCount !== 0;
}

/** Records that a resource wants the engine; in place of the one that it was before. */
export async function joinEngine(client: Client, { owner, before }: Omit<Ownership, 'adopt'>): Promise<void> {
  if (before !== undefined && !sameOwner(before, owner)) await forget(client, before);
  await client.query(
    'insert into rollup.engine_user (project, stack, resource) values ($1, $2, $3) on conflict do nothing',
    [owner.project, owner.stack, owner.resource],
  );
}

async function forget(client: Client, { project, stack, resource }: Owner): Promise<void> {
  await client.query('delete from rollup.engine_user where project = $1 and stack = $2 and resource = $3', [
    project,
    stack,
    resource,
  ]);
}

/** Takes a resource out. @returns Whether somebody else needs the engine: another resource, or a rollup that is in service. */
export async function leaveEngine(client: Client, owner: Owner | null): Promise<boolean> {
  if (!(await hasRelation(client, 'rollup.engine_user'))) return false;
  if (owner !== null) await forget(client, owner);
  const found = await client.query<{ needed: boolean }>(
    `select exists (select from rollup.engine_user) or exists (select from rollup.timeseries_rollup_config where enabled) as needed`,
  );
  return found.rows[0]?.needed === true;
}
