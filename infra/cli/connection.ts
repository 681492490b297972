import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { UrlConnection } from '../connection/connect';
import type { Connection } from '../connection/connection';
import { localServerStatus } from '../local/postgres/server';
import { TidemarkError } from '../model/error';
import { readConnectionFile } from './connectionFile';

/** In this order, where no option names another. */
const VARIABLES = ['TIDEMARK_DATABASE_URL', 'DATABASE_URL'] as const;

export interface ConnectionOptions {
  readonly connection?: string;
  readonly urlEnv?: string;
  readonly urlFile?: string;
}

/** Adds the options that say where the database is. A password never stands in an argument, where everybody could see it. */
export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--connection <path>',
        'file with the connection, in JSON or YAML, as `pulumi stack output connection --json` prints it',
      ).conflicts(['urlEnv', 'urlFile']),
    )
    .addOption(
      new Option(
        '--url-env <name>',
        `environment variable with the URL of the database (default: ${VARIABLES.join(', then ')})`,
      ),
    )
    .addOption(new Option('--url-file <path>', 'file with the URL of the database').conflicts('urlEnv'));
}

/** The database that the options name; else the environment's; else the local server of this directory. */
export async function resolveConnection({
  connection,
  urlEnv,
  urlFile,
}: ConnectionOptions): Promise<Connection | UrlConnection> {
  if (connection !== undefined) return readConnectionFile(connection);
  if (urlFile !== undefined) return { urlFile };
  if (urlEnv !== undefined) return { urlEnv };
  const variable = VARIABLES.find((name) => (process.env[name] ?? '') !== '');
  if (variable !== undefined) return { urlEnv: variable };
  const server = await localServerStatus(join(process.cwd(), '.local', 'postgres'));
  if (server !== null) return { url: server.url };
  throw new TidemarkError(
    'No database is given, and the local PostgreSQL of this directory is not running.',
    {
      hint: `Set ${VARIABLES[0]}, give --connection, --url-env or --url-file, or start the local PostgreSQL with: npx tidemark local up`,
    },
  );
}
