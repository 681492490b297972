import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { type RollupStatus, readStatus } from '../infra/db/status';
import { TidemarkError } from '../infra/model/error';

/** The rollups of the demo, of `rollups/<name>.yaml`. Others may lie beside them, in the folder and in the database. */
export const OWN: readonly string[] = ['flight_delays', 'flight_traffic'];

/** How many definitions of the user's lie beside the demo's; ends the demo where one of its own is missing. */
export function otherDefinitions(root: string): number {
  const folder = join(root, 'rollups');
  for (const name of OWN) {
    if (existsSync(join(folder, `${name}.yaml`))) continue;
    throw new TidemarkError(`rollups/${name}.yaml, which the demo uses, is missing.`, {
      hint: 'Restore it, or try your own definitions with `npx tidemark local up` and `pulumi up`.',
    });
  }
  return readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)).length - OWN.length;
}

/** How the demo's own rollups are doing. */
export async function ownStatus(client: Client): Promise<readonly RollupStatus[]> {
  return (await readStatus(client)).filter(({ name }) => OWN.includes(name));
}
