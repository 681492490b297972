/** `npm run bench`: compares Tidemark with what one would write by hand, on a private server, and prints a table of ratios. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withConnection } from '../infra/connection/connect';
import { applyEngine } from '../infra/db/engine/engine';
import {
  type Generation,
  generationOf,
  prepareDatabase,
  startLocalServer,
  stopLocalServer,
} from '../infra/local/postgres/server';
import { backfill } from './backfill';
import { capture } from './capture';
import type { Bench } from './context';
import { loadSource, SERIES, type Source } from './data';
import { late } from './late';
import { describeMachine } from './machine';
import type { Result } from './measure';
import { reads } from './reads';
import { type Report, reportText } from './report';
import { steady } from './steady';

const DATABASE = 'bench';
/** Memory and log as on a small managed instance; all else, durability and jit too, is PostgreSQL's own default. */
const SETTINGS = {
  fsync: 'on',
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  max_parallel_workers_per_gather: '2',
  jit: 'on',
};

/** In this order: later ones use what earlier ones made. */
const STEPS: readonly (readonly [string, (bench: Bench) => Promise<readonly Result[]>])[] = [
  ['backfill', backfill],
  ['steady refresh', steady],
  ['late data', late],
  ['reads', reads],
  ['capture', capture],
];

/** A server of its own for a generation that is asked for by name. */
function directoryOf(generation: Generation | undefined): string {
  const name = generation === undefined ? 'postgres' : `postgres-${generation}`;
  return join(process.cwd(), '.local', 'bench', name);
}

const say = (line: string): void => console.error(line);

function wantedRows(): number {
  const text = process.env['TIDEMARK_BENCH_ROWS'] ?? '5000000';
  const rows = Number(text);
  if (!Number.isSafeInteger(rows) || rows < 300_000) {
    throw new Error(`TIDEMARK_BENCH_ROWS is "${text}"; it must be a whole number of at least 300000.`);
  }
  return rows;
}

async function measure(rows: number, generation: Generation | undefined): Promise<Report> {
  const directory = directoryOf(generation);
  // A server of an earlier run may have other settings.
  await stopLocalServer(directory);
  const server = await startLocalServer({
    directory,
    ...(generation === undefined ? {} : { generation }),
    settings: SETTINGS,
    log: say,
  });
  const inDatabase = (url: string, database: string) => {
    const changed = new URL(url);
    changed.pathname = `/${database}`;
    return { url: changed.href };
  };
  await withConnection({ url: server.adminUrl }, (admin) =>
    admin.query(`drop database if exists ${DATABASE} with (force)`),
  );
  await prepareDatabase(server.adminUrl, DATABASE);
  const own = inDatabase(server.url, DATABASE);
  const readings: Source = { table: 'readings', rows, perMinute: 6 };
  const dense: Source = { table: 'dense', rows: Math.max(1_500_000, rows / 2), perMinute: 60 };
  const results: Result[] = [];
  return withConnection(inDatabase(server.adminUrl, DATABASE), (admin) =>
    withConnection(own, async (client) => {
      await client.query('create schema bench');
      await applyEngine(client, { schedule: false });
      for (const source of [readings, dense]) {
        say(`Loading ${source.rows.toLocaleString('en')} rows into raw.${source.table}.`);
        await loadSource(client, source);
      }
      const bench: Bench = {
        client,
        readings,
        dense,
        checkpoint: async () => void (await admin.query('checkpoint')),
        inNewSession: (work) => withConnection(own, work),
      };
      for (const [name, step] of STEPS) {
        say(`Measuring ${name}.`);
        results.push(...(await step(bench)));
      }
      const date = new Date().toISOString().slice(0, 10);
      return { date, rows, series: SERIES, machine: await describeMachine(client), results };
    }),
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { format: { type: 'string', default: 'table' }, generation: { type: 'string' } },
  });
  if (values.format !== 'table' && values.format !== 'json') {
    throw new Error(`--format is "${values.format}"; allowed are table and json.`);
  }
  const generation = generationOf(values.generation ?? '');
  if (values.generation !== undefined && generation === undefined) {
    throw new Error(`--generation is "${values.generation}"; allowed are 15, 16, 17 and 18.`);
  }
  const directory = directoryOf(generation);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stopLocalServer(directory).finally(() => process.exit(130)));
  }
  try {
    const report = await measure(wantedRows(), generation);
    console.log(values.format === 'json' ? JSON.stringify(report, null, 2) : reportText(report));
  } finally {
    await stopLocalServer(directory);
  }
}

main().catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
