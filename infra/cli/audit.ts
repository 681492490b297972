import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { DateTime } from 'luxon';
import { withConnection } from '../connection/connect';
import { auditRollup, rollupNames } from '../db/audit/audit';
import type { RollupAudit, TierAudit } from '../db/audit/types';
import { TidemarkError } from '../model/error';
import { tierLines } from './auditText';
import { addConnectionOptions, type ConnectionOptions, resolveConnection } from './connection';
import { FAILED } from './failure';
import { colorsFor, counted, formatTime } from './output';

interface Options extends ConnectionOptions {
  readonly all?: true;
  readonly tier?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  readonly format: 'text' | 'json';
}

function time(text: string): string {
  const parsed = DateTime.fromISO(text, { zone: 'utc' });
  if (!parsed.isValid) {
    throw new InvalidArgumentError(
      'Give a time such as 2026-03-01 or 2026-03-01T06:00:00Z. A time without an offset is UTC.',
    );
  }
  return parsed.toISO();
}

function count(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Give a whole number, at most 999999.');
  return Number(text);
}

/** `tidemark audit`: do the gold views equal the GROUP BY over the source? Exit code 1 on any difference. */
export function auditCommand(): Command {
  const command = new Command('audit')
    .description('compare the gold views of a rollup with the GROUP BY over its source, in one snapshot')
    .addArgument(new Argument('[rollup]', 'name of the rollup'))
    .option('--all', 'every rollup of the database')
    .option('--tier <suffix>', 'only this tier, such as 1h')
    .option('--from <time>', 'only buckets from this time on (ISO 8601)', time)
    .option('--to <time>', 'only buckets before this time (ISO 8601)', time)
    .option('--limit <count>', 'maximum number of differing keys to show for each tier', count, 20)
    .addOption(new Option('--format <format>', 'how to report').choices(['text', 'json']).default('text'));
  return addConnectionOptions(command).action(async (rollup: string | undefined, options: Options) => {
    if ((rollup === undefined) === (options.all === undefined)) {
      command.error('error: give the name of one rollup, or --all', { exitCode: 2 });
    }
    if (options.from !== undefined && options.to !== undefined && options.from >= options.to) {
      command.error('error: --from must lie before --to', { exitCode: 2 });
    }
    const audits = await run(rollup, options);
    const differences = audits
      .flatMap((audit) => audit.tiers)
      .reduce((sum, tier) => sum + tier.differences, 0);
    if (options.format === 'json') {
      process.stdout.write(
        `${JSON.stringify({ equal: differences === 0, differences, rollups: audits }, null, 2)}\n`,
      );
    } else {
      writeSummary(differences, options);
    }
    if (differences > 0) process.exitCode = FAILED;
  });
}

async function run(rollup: string | undefined, options: Options): Promise<RollupAudit[]> {
  const text = options.format === 'text';
  return withConnection(await resolveConnection(options), async (client) => {
    const names = rollup === undefined ? await rollupNames(client) : [rollup];
    if (names.length === 0)
      throw new TidemarkError('There is no rollup in this database.', { hint: 'Deploy one with: pulumi up' });
    const audits: RollupAudit[] = [];
    for (const name of names) {
      const onStart = (audit: Omit<RollupAudit, 'tiers'>) => writeHead(audit);
      const onTier = (tier: TierAudit) =>
        process.stdout.write(`${tierLines(tier, colorsFor(process.stdout)).join('\n')}\n`);
      audits.push(await auditRollup(client, name, { ...options, ...(text ? { onStart, onTier } : {}) }));
    }
    return audits;
  });
}

function writeHead(audit: Omit<RollupAudit, 'tiers'>): void {
  const colors = colorsFor(process.stdout);
  const pending =
    audit.pendingKeys === 0 ? 'no dirty key' : `${counted(audit.pendingKeys, 'dirty key')} pending`;
  process.stdout.write(
    `${colors.bold(audit.rollup)} against ${audit.source}, snapshot of ${formatTime(audit.snapshotAt)}, ${pending}\n`,
  );
}

function writeSummary(differences: number, options: Options): void {
  const colors = colorsFor(process.stdout);
  const part = [options.tier, options.from, options.to].some((value) => value !== undefined)
    ? ' in the part compared'
    : '';
  process.stdout.write(
    differences === 0
      ? `${colors.green('Equal')}${part}: gold is what the source gives.\n`
      : `${colors.red(`${counted(differences, 'key')} ${differences === 1 ? 'differs' : 'differ'}`)}${part}.\n`,
  );
}
