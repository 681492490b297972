import { Command, Option } from 'commander';
import { withConnection } from '../db/connect';
import { type RollupStatus, readStatus, STATUSES, type Status, worstStatus } from '../db/status';
import { addConnectionOptions, type ConnectionOptions, resolveConnection } from './connection';
import { FAILED } from './failure';
import { colorsFor } from './output';
import { statusText } from './statusText';

interface Options extends ConnectionOptions {
  readonly failOn?: 'alert' | 'warning';
  readonly format: 'text' | 'json';
}

/** Whether the worst status is at least as bad as the one given. */
export function reaches(all: readonly RollupStatus[], least: Status): boolean {
  return STATUSES.indexOf(worstStatus(all)) >= STATUSES.indexOf(least);
}

/** `tidemark status`: the operations monitor of a database. */
export function statusCommand(): Command {
  const command = new Command('status')
    .description('show how every rollup of a database is doing')
    .addOption(
      new Option(
        '--fail-on <status>',
        'exit with code 1 if a rollup is in this status or a worse one',
      ).choices(['warning', 'alert']),
    )
    .addOption(new Option('--format <format>', 'how to report').choices(['text', 'json']).default('text'));
  return addConnectionOptions(command).action(async (options: Options) => {
    const all = await withConnection(await resolveConnection(options), readStatus);
    const text =
      options.format === 'json'
        ? JSON.stringify({ status: worstStatus(all), rollups: all }, null, 2)
        : statusText(all, colorsFor(process.stdout));
    process.stdout.write(`${text}\n`);
    const least = options.failOn?.toUpperCase() as 'WARNING' | 'ALERT' | undefined;
    if (least !== undefined && reaches(all, least)) process.exitCode = FAILED;
  });
}
