import { Command } from 'commander';
import { withConnection } from '../connection/connect';
import { readOwner } from '../db/owners';
import { readStored, type StoredRollup } from '../db/rollup/catalogue';
import { removeRollup } from '../db/rollup/remove';
import { TidemarkError } from '../model/error';
import { ownerText } from '../model/owner';
import { addConnectionOptions, type ConnectionOptions, resolveConnection } from './connection';
import { printable, printableName } from './output';

interface Options extends ConnectionOptions {
  readonly yes?: true;
}

/** What goes with a rollup, in one sentence. */
function sentence({ names }: StoredRollup): string {
  const gone = [...names.gold, ...names.silver].map(printableName);
  return `${gone.join(', ')} go, with all aggregates; ${printableName(names.source)} stays.`;
}

/** `tidemark drop`: drops what a retired rollup has left. */
export function dropCommand(): Command {
  const command = new Command('drop')
    .description('drop a retired rollup (onDelete: retain) with its tables and views')
    .argument('<rollup>', 'its name')
    .option('--yes', 'do it; without this, only show what would go');
  return addConnectionOptions(command).action(async (name: string, options: Options) => {
    await withConnection(await resolveConnection(options), async (client) => {
      const stored = await readStored(client, name);
      if (stored === null) throw new TidemarkError(`There is no rollup "${name}" in this database.`);
      if (stored.row.enabled) {
        const owner = await readOwner(client, name);
        throw new TidemarkError(
          `Rollup "${name}" is in service${owner === null ? '' : `, deployed by ${ownerText(owner)}`}, so it is not dropped.`,
          {
            hint: 'Delete its definition file and run pulumi up; that retires it, or drops it with onDelete: drop.',
          },
        );
      }
      process.stdout.write(`${sentence(stored)}\n`);
      if (options.yes !== true) {
        process.stdout.write('Nothing was changed. To do this, run again with --yes.\n');
        return;
      }
      await removeRollup(client, name, 'drop');
      process.stdout.write(`gone: rollup ${printable(name)}\n`);
    });
  });
}
