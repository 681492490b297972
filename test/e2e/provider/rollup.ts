import { join } from 'node:path';
import type { Client } from 'pg';
import { expect } from 'vitest';
import { compileFor } from '../../../infra/db/install';
import { readRollup, wantedState } from '../../../infra/db/rollups';
import { observeSource } from '../../../infra/db/shape';
import type { RollupSpec } from '../../../infra/plan/spec';
import { ownedInputs } from '../../../infra/provider/state';
import { loadDefinitions } from '../../../infra/spec/load';
import { compareInSnapshot } from '../../helpers/exact';

/** A stack whose definitions lie in `rollups` below a folder, and a session of the role that owns them. */
export interface Deployed {
  readonly folder: string;
  readonly client: Client;
}

export function specOf(stack: Deployed, name: string): RollupSpec {
  const { specs, errors } = loadDefinitions(join(stack.folder, 'rollups'));
  expect(errors).toEqual([]);
  const found = specs.find(({ spec }) => spec.name === name);
  if (found === undefined) throw new Error(`no definition of ${name}`);
  return found.spec;
}

/** Rows in which gold and the GROUP BY over the source differ, over all tiers. */
export async function differences(client: Client, spec: RollupSpec): Promise<number> {
  const source = await observeSource(client, spec);
  if (source === null) throw new Error('the source is not there');
  const found = await compareInSnapshot(client, [compileFor(spec, source)]);
  return found.reduce((sum, { rows }) => sum + rows, 0);
}

/** Everything the rollup owns is there as wanted, and gold is exact before and after a refresh. */
export async function expectWhole(stack: Deployed, name: string): Promise<void> {
  const spec = specOf(stack, name);
  const observed = await readRollup(stack.client, name);
  expect(observed?.definition).toEqual(spec);
  expect(observed && ownedInputs(observed.owned, true)).toEqual(ownedInputs(wantedState(spec), true));
  expect(await differences(stack.client, spec)).toBe(0);
  await stack.client.query('call rollup.perform_rollup($1, true)', [name]);
  expect(await differences(stack.client, spec)).toBe(0);
}
