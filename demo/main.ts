import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { reportFailure } from '../infra/cli/failure';
import { endQuietlyOnBrokenPipe, humanDuration } from '../infra/cli/output';
import { runDemo } from './run';
import { endOnSignals } from './signals';

function count(text: string): number {
  if (!/^\d{4,7}$/.test(text)) throw new InvalidArgumentError('Give a number of rows from 1000 to 3000000.');
  return Number(text);
}

/** The checkout: the folder of Pulumi.yaml, seen from dist/demo. */
function checkout(): string {
  let directory = __dirname;
  while (!existsSync(join(directory, 'Pulumi.yaml')) && directory !== dirname(directory))
    directory = dirname(directory);
  return directory;
}

async function main(): Promise<void> {
  endQuietlyOnBrokenPipe();
  endOnSignals();
  const root = checkout();
  const command = new Command('npm run demo --')
    .description('Three million flights, rolled up exactly, in a PostgreSQL of your own. Repeatable.')
    .option('--rows <count>', 'only so many flights, the last ones of the file', count, 3_000_000)
    .option('--directory <path>', 'where server and state are kept', join(root, '.local'))
    .option('--debug', 'show where an error comes from')
    .parse();
  const options = command.opts<{ rows: number; directory: string; debug?: true }>();
  const started = Number(process.env['TIDEMARK_DEMO_STARTED'] ?? Date.now());
  try {
    await runDemo({ root, directory: resolve(options.directory), rows: options.rows });
    process.stdout.write(`\nThe whole demo took ${humanDuration((Date.now() - started) / 1000)}.\n`);
  } catch (error) {
    process.exitCode = reportFailure(error, options.debug === true);
  }
}

void main();
