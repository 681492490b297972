import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLLUP_FIGURES, ROLLUP_PATTERN, TOTAL_PATTERN } from '../../../infra/aws/watch/figures';
import { wantedEngine } from '../../../infra/db/engine/engine';
import { startLocalServer, stopLocalServer } from '../../../infra/local/postgres/server';
import { createDatabaseOn, generation, openClient, type TestDatabase } from '../../helpers/database';
import { matchLine } from '../../helpers/filterPattern';
import { definition, deploy, value } from './support';

/** Its log looks like that of RDS. */
const directory = join(__dirname, '..', '..', '..', '.local', 'test', `metrics-${generation()}`);
let database: TestDatabase;
let client: Client;

const log = (): string => readFileSync(join(directory, 'server.log'), 'utf8');

/** What the server has written about a session since then. */
async function written(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = statSync(join(directory, 'server.log')).size;
  const pid = await value<number>(client, 'select pg_backend_pid()');
  await work();
  const lines = () =>
    Buffer.from(log())
      .subarray(before)
      .toString()
      .split('\n')
      .filter((line) => line.includes(`:[${pid}]:`));
  // The line of the statement is the last one.
  const deadline = Date.now() + 120_000;
  while (!lines().at(-1)?.includes('STATEMENT') && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return lines();
}

const publish = () => written(() => client.query('call rollup.publish_metrics()'));
const matches = (pattern: string, lines: readonly string[]) =>
  lines.map((line) => matchLine(pattern, line)).filter((found) => found !== null);

beforeAll(async () => {
  const server = await startLocalServer({
    directory,
    generation: generation(),
    settings: { fsync: 'off', log_line_prefix: '%t:%r:%u@%d:[%p]:', log_min_messages: 'error' },
    log: (line) => console.error(line),
  });
  database = await createDatabaseOn(server);
  client = await openClient(database.url);
  await client.query('create table raw.src (ts timestamptz not null, k text, v integer, f double precision)');
  await client.query(
    `insert into raw.src select t, 'k', 1, 1 from generate_series(now() - interval '5 days', now(), interval '10 minutes') t`,
  );
  await deploy(client, definition({ name: 'a' }));
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
  await stopLocalServer(directory);
});

describe('the lines of publish_metrics', () => {
  it('match the patterns of the metric filters, each its own', async () => {
    const lines = await publish();
    expect(matches(ROLLUP_PATTERN, lines)).toMatchObject([
      { $rollup: 'a', $dirty_keys: '0', $late_rows: '0', $failures: '0', $overdue_seconds: '0' },
    ]);
    expect(matches(TOTAL_PATTERN, lines)).toMatchObject([
      { $rollups: '1', $overdue_seconds: '0', $dirty_keys: '0', $failing: '0', $alerts: '0' },
    ]);
  });

  it('tell what is wrong', async () => {
    await client.query(
      `insert into raw.src select now() - interval '1 day' - n * interval '1 hour', 'x', 1, 1 from generate_series(1, 7) n`,
    );
    // Nothing covers the last five hours any more, and three refreshes have failed.
    await client.query(
      "select rollup.uncover('a', tstzmultirange(tstzrange(now() - interval '5 hours', null)))",
    );
    await client.query('update rollup.timeseries_rollup_config set attempt = 3');
    const lines = await publish();
    const [line] = matches(ROLLUP_PATTERN, lines);
    expect(line).toMatchObject({ $rollup: 'a', $dirty_keys: '7', $failures: '3' });
    const lag = Number(line?.['$lag_seconds']);
    expect(lag).toBeGreaterThan(3 * 3600);
    // The schedule promises a minute.
    expect(Number(line?.['$overdue_seconds'])).toBe(lag - 60);
    expect(matches(TOTAL_PATTERN, lines)).toMatchObject([
      { $rollups: '1', $overdue_seconds: String(lag - 60), $dirty_keys: '7', $failing: '1', $alerts: '1' },
    ]);
    await client.query('update rollup.timeseries_rollup_config set attempt = 0');
    await client.query("call rollup.perform_rollup('a', true)");
  });

  it('leave out what is retired, and report nothing at all where there is nothing', async () => {
    await client.query('update rollup.timeseries_rollup_config set enabled = false');
    const lines = await publish();
    expect(matches(ROLLUP_PATTERN, lines)).toEqual([]);
    expect(matches(TOTAL_PATTERN, lines)).toMatchObject([{ $rollups: '0', $alerts: '0' }]);
    await client.query('update rollup.timeseries_rollup_config set enabled = true');
  });

  it('are numbers that a metric takes', async () => {
    const [line] = matches(ROLLUP_PATTERN, await publish());
    for (const { word } of ROLLUP_FIGURES) expect(line?.[`$${word}`]).toMatch(/^\d+$/);
  });

  it('stay small: under 700 bytes a call and as much for each rollup', async () => {
    const lines = await publish();
    expect(lines.join('\n').length).toBeLessThan(1400);
  });

  it('reach no client and need no right but that of the engine', async () => {
    const notices: string[] = [];
    client.on('notice', (notice) => notices.push(String(notice.message)));
    await client.query("set client_min_messages = 'notice'");
    await publish();
    expect(notices).toEqual([]);
    expect(await value(client, 'select rolsuper from pg_roles where rolname = current_user')).toBe(false);
  });
});

describe('the job', () => {
  it('is one of the engine', () => {
    expect(wantedEngine().jobs['tidemark-metrics']).toEqual({
      job: 'tidemark-metrics',
      schedule: '* * * * *',
      command: 'call rollup.publish_metrics()',
      active: true,
    });
  });
});
