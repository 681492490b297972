import { Command } from 'commander';
import { withConnection } from '../connection/connect';
import { readInventory } from '../db/uninstall/inventory';
import { uninstall } from '../db/uninstall/uninstall';
import { TidemarkError } from '../model/error';
import { addConnectionOptions, type ConnectionOptions, resolveConnection } from './connection';
import { colorsFor } from './output';
import { inventoryText } from './uninstallText';

interface Options extends ConnectionOptions {
  readonly dropSilver?: true;
  readonly yes?: true;
}

/** `tidemark uninstall`: shows what goes and what stays, and with `--yes` takes everything of Tidemark's out of a database. */
export function uninstallCommand(): Command {
  const command = new Command('uninstall')
    .description(
      'take everything of Tidemark out of a database; sources and, unless told otherwise, aggregates stay',
    )
    .option('--drop-silver', 'drop the tables in silver, too, with all aggregates')
    .option('--yes', 'do it; without this, only show what would go and what would stay');
  return addConnectionOptions(command).action(async (options: Options) => {
    const dropSilver = options.dropSilver === true;
    const write = (text: string) => process.stdout.write(`${text}\n`);
    await withConnection(await resolveConnection(options), async (client) => {
      const inventory = await readInventory(client);
      if (inventory === null) {
        throw new TidemarkError('Tidemark is not installed in this database.', {
          hint: 'Check that the connection leads to the right database.',
        });
      }
      write(inventoryText(inventory, dropSilver, colorsFor(process.stdout)));
      if (options.yes !== true) {
        write('Nothing was changed. To do this, run again with --yes.');
        return;
      }
      await uninstall(client, { dropSilver }, (what) => write(`gone: ${what}`));
    });
  });
}
