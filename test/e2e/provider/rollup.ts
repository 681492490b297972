import { join } from 'node:path';
import type { Client } from 'pg';
import { expect } from 'vitest';
import { compile } from '../../../infra/compile';
import { wantedState } from '../../../infra/db/rollup/apply';
import { observeRollup } from '../../../infra/db/rollup/observe';
import { observeSource } from '../../../infra/db/rollup/source';
import { loadDefinitions } from '../../../infra/definition/load';
import type { RollupDefinition } from '../../../infra/model/definition';
import { ownedInputs } from '../../../infra/provider/state';
import { compareInSnapshot } from '../../helpers/exact';

/** A stack whose definitions lie in `rollups` below a folder, and a session of the role that owns them. */
export interface Deployed {
  readonly folder: string;
  readonly client: Client;
}

export function specOf(stack: Deployed, name: string): RollupDefinition {
  const { definitions, errors } = loadDefinitions(join(stack.folder, 'rollups'));
  expect(errors).toEqual([]);
  const found = definitions.find(({ definition }) => definition.name === name);
  if (found === undefined) throw new Error(`no definition of ${name}`);
  return found.definition;
}

/** Rows in which gold and the GROUP BY over the source differ, over all tiers. */
export async function differences(client: Client, definition: RollupDefinition): Promise<number> {
  const source = await observeSource(client, definition);
  if (source === null) throw new Error('the source is not there');
  const found = await compareInSnapshot(client, [compile(definition, source)]);
  return found.reduce((sum, { rows }) => sum + rows, 0);
}

/** Everything the rollup owns is there as wanted, and gold is exact before and after a refresh. */
export async function expectWhole(stack: Deployed, name: string): Promise<void> {
  const definition = specOf(stack, name);
  const observed = await observeRollup(stack.client, name);
  expect(observed?.definition).toEqual(definition);
  expect(observed && ownedInputs(observed.owned, true)).toEqual(ownedInputs(wantedState(definition), true));
  expect(await differences(stack.client, definition)).toBe(0);
  await stack.client.query('call rollup.perform_rollup($1, true)', [name]);
  expect(await differences(stack.client, definition)).toBe(0);
}
