import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import {
  type Generation,
  generationOf,
  localServerStatus,
  startLocalServer,
  stopLocalServer,
} from '../local/postgres/server';
import { writeUrlFile } from '../local/postgres/urlFile';
import { TidemarkError } from '../model/error';

function directory(): string {
  return join(process.cwd(), '.local', 'postgres');
}

function parseGeneration(text: string): Generation {
  const generation = generationOf(text);
  if (generation === undefined) throw new InvalidArgumentError('Allowed are 15, 16, 17 and 18.');
  return generation;
}

/** The command `tidemark local`: a private PostgreSQL for trying things out. */
export function localCommand(): Command {
  const local = new Command('local').description(
    'a private PostgreSQL under .local/, for development and tests',
  );
  local
    .command('up')
    .description('start it, and install what is missing')
    .option('--generation <major>', 'PostgreSQL 15, 16, 17 or 18', parseGeneration)
    .action(async (options: { generation?: Generation }) => {
      const server = await startLocalServer({
        directory: directory(),
        ...(options.generation === undefined ? {} : { generation: options.generation }),
        log: (line) => console.error(line),
      });
      // Pulumi.dev.yaml names it: what is deployed to the stack `dev` goes to this server.
      await writeUrlFile(directory(), server.url);
      console.error(
        `PostgreSQL ${server.generation} is running on 127.0.0.1:${server.port}; \`tidemark local url\` prints how to connect.`,
      );
    });
  local
    .command('down')
    .description('stop it; its data stays')
    .action(() => stopLocalServer(directory()));
  local
    .command('url')
    .description('print the URL of the running server, with its password')
    .option('--admin', 'print the URL of the superuser instead of the role tidemark')
    .action(async (options: { admin?: boolean }) => {
      const server = await localServerStatus(directory());
      if (server === null) {
        throw new TidemarkError('The local PostgreSQL is not running.', {
          hint: 'Start it with: npx tidemark local up',
        });
      }
      console.log(options.admin === true ? server.adminUrl : server.url);
    });
  return local;
}
