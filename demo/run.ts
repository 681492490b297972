import { join } from 'node:path';
import { statusText } from '../infra/cli/statusText';
import { withConnection } from '../infra/connection/connect';
import { startLocalServer } from '../infra/local/postgres/server';
import { backfill } from './backfill';
import { startCli } from './cli';
import { compareSpeed, showDelays } from './delays';
import { loadFlights } from './load';
import { otherDefinitions, ownStatus } from './own';
import { changeThePast, lastRefresh, prove, refresh } from './proof';
import { guard } from './signals';
import { type Demo, openStack, previewNothing, up } from './stack';
import { colors, heading, paragraph, report, say } from './terminal';

export interface DemoOptions extends Demo {
  /** Flights to load, at most. */
  readonly rows: number;
}

/** Over fewer rows, a GROUP BY is quick too. */
const WORTH_TIMING = 1_000_000;

/** The main job from end to end. Every step finds out what is done already, so it can be run again at any time. */
export async function runDemo(options: DemoOptions): Promise<void> {
  process.stdout.write(
    `${colors.bold('Tidemark')}: time-series rollups as code. YAML in, exact aggregates out.\n`,
  );
  const others = otherDefinitions(options.root);
  const cli = startCli(options.root);
  heading(1, 'A PostgreSQL');
  const { url, own } = await database(options);

  heading(2, 'Three million flights');
  const flights = await loadFlights(options.root, url, options.rows);

  heading(3, 'Two definitions, one pulumi up');
  say(
    paragraph(
      'rollups/flight_delays.yaml and rollups/flight_traffic.yaml become tables, triggers, views, partitions and schedules.' +
        (others === 0
          ? ''
          : ` So ${others === 1 ? 'does the definition' : `do the ${others} definitions`} beside them; the steps below look at these two.`),
    ),
  );
  await cli.ready();
  const stack = await openStack(options, url);
  await guard(up(stack));

  await withConnection({ url }, async (client) => {
    heading(4, 'The backfill, inside the database');
    await backfill(client, url);

    heading(5, 'What operations see: npx tidemark status');
    say(statusText(await ownStatus(client), colors));

    heading(6, 'What everybody else sees');
    await showDelays(client);
    if (flights.rows >= WORTH_TIMING) {
      say();
      await compareSpeed(client);
    }
  });

  heading(7, 'The definitions again: nothing to change');
  await guard(previewNothing(stack));

  await withConnection({ url }, async (client) => {
    heading(8, 'The proof: gold equals the GROUP BY over raw.flights');
    await prove(client, 'As filled:', 'told');
    say();
    const before = await lastRefresh(client);
    await changeThePast(client);
    say();
    await prove(client, 'At once, before any refresh:', 'known');
    say();
    await refresh(client, before);
    say();
    await prove(client, 'And after it:', 'known');
  });

  heading(9, 'Your turn');
  say(closing(own));
}

/** The given database, or a private one under the directory. */
async function database(options: DemoOptions): Promise<{ url: string; own: boolean }> {
  const given = process.env['DATABASE_URL'] ?? '';
  if (given !== '') {
    say('The server that DATABASE_URL names, with the login that it names.');
    return { url: given, own: false };
  }
  const server = await startLocalServer({ directory: join(options.directory, 'postgres'), log: report });
  say(
    `PostgreSQL ${server.generation} on 127.0.0.1:${server.port}, private to this checkout; its login is no superuser.`,
  );
  return { url: server.url, own: true };
}

function closing(own: boolean): string {
  const lines: [string, string][] = [
    ['npx tidemark status', 'how the rollups are doing'],
    ['npx tidemark audit --all', 'the proof, whenever you like'],
    ['npx tidemark validate', 'check rollups/*.yaml without a database'],
  ];
  if (own) {
    lines.unshift(['psql "$(npx tidemark local url)"', 'query gold.flight_delays_1d, change raw.flights']);
    lines.push(['npx tidemark local down', 'stop the PostgreSQL; its data stays']);
  }
  lines.push(['npm run demo', 'all of this again, in less time: what exists is kept']);
  const width = Math.max(...lines.map(([command]) => command.length));
  return lines.map(([command, what]) => `${colors.bold(command.padEnd(width))}  ${what}`).join('\n');
}
