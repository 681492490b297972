import { Command, Option } from 'commander';
import { withConnection } from '../connection/connect';
import {
  type DataApiTarget,
  dataApiReader,
  type RollupStatus,
  readStatus,
  STATUSES,
  type Status,
  worstStatus,
} from '../db/status';
import { addConnectionOptions, type ConnectionOptions, resolveConnection } from './connection';
import { FAILED } from './failure';
import { colorsFor } from './output';
import { statusText } from './statusText';

interface Options extends ConnectionOptions {
  readonly dataApi?: string;
  readonly secret?: string;
  readonly database?: string;
  readonly failOn?: 'alert' | 'warning';
  readonly format: 'text' | 'json';
}

/** Whether the worst status is at least as bad as the one given. */
export function reaches(all: readonly RollupStatus[], least: Status): boolean {
  return STATUSES.indexOf(worstStatus(all)) >= STATUSES.indexOf(least);
}

/** The Data API that the options name; undefined where they name none. */
function dataApi(
  command: Command,
  { dataApi: cluster, secret, database }: Options,
): DataApiTarget | undefined {
  if (cluster === undefined && secret === undefined && database === undefined) return undefined;
  if (cluster === undefined || secret === undefined || database === undefined) {
    return command.error('error: --data-api, --secret and --database go together', { exitCode: 2 });
  }
  return { cluster, secret, database };
}

/** `tidemark status`: the operations monitor of a database. */
export function statusCommand(): Command {
  const command = new Command('status')
    .description('show the status of every rollup of a database')
    .addOption(
      new Option('--fail-on <status>', 'exit with code 1 if a rollup has this status or a worse one').choices(
        ['warning', 'alert'],
      ),
    )
    .addOption(
      new Option(
        '--data-api <arn>',
        'read through the Data API of this Aurora cluster, without a network connection to it',
      ).conflicts(['connection', 'urlEnv', 'urlFile']),
    )
    .option('--secret <arn>', 'secret with user and password, for --data-api')
    .option('--database <name>', 'name of the database, for --data-api')
    .addOption(new Option('--format <format>', 'how to report').choices(['text', 'json']).default('text'));
  return addConnectionOptions(command).action(async (options: Options) => {
    const target = dataApi(command, options);
    const all =
      target === undefined
        ? await withConnection(await resolveConnection(options), readStatus)
        : await readStatus(dataApiReader(target));
    const text =
      options.format === 'json'
        ? JSON.stringify({ status: worstStatus(all), rollups: all }, null, 2)
        : statusText(all, colorsFor(process.stdout));
    process.stdout.write(`${text}\n`);
    const least = options.failOn?.toUpperCase() as 'WARNING' | 'ALERT' | undefined;
    if (least !== undefined && reaches(all, least)) process.exitCode = FAILED;
  });
}
