import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';
import { definition, deploy, lines, value } from './support';

let database: TestDatabase;
let client: Client;
let other: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = await openClient(database.url);
  other = await openClient(database.url);
  await client.query('create table raw.src (ts timestamptz not null, k text, v integer, f double precision)');
  await client.query(
    `insert into raw.src select t, 'k', 1, 1 from generate_series(now() - interval '5 days', now(), interval '10 minutes') t`,
  );
  await deploy(client, definition());
});
afterAll(async () => {
  await other?.end();
  await client?.end();
  await database?.drop();
});

interface Row {
  readonly status: string;
  readonly reason: string | null;
  readonly [column: string]: unknown;
}
const monitor = async (): Promise<Row> =>
  (await client.query<Row>('select * from rollup.timeseries_operations_monitor')).rows[0] as Row;
const set = (assignments: string) =>
  client.query(`update rollup.timeseries_rollup_config set ${assignments}`);

describe('the operations monitor sees', () => {
  it.each([
    ['40 minutes', 'WARNING'],
    ['3 hours', 'ALERT'],
  ])('lag: a bucket due for %s is a %s', async (late, status) => {
    await client.query('begin');
    // The definition's lag takes the minutes since then off, so that the hour's minute does not matter.
    await client.query(
      `update rollup.timeseries_rollup_config set lag = now() - date_bin('1 hour', now() - $1::interval, '2000-01-01Z') - $1::interval`,
      [late],
    );
    await client.query(
      `update rollup.timeseries_tier set coverage = coverage - tstzmultirange(tstzrange(date_bin('1 hour', now() - $1::interval, '2000-01-01Z') - interval '1 hour', null)) where ordinal = 0`,
      [late],
    );
    expect(await monitor()).toMatchObject({ status });
    expect((await monitor()).reason).toMatch(/a bucket has been due for \d\d:/);
    await client.query('rollback');
  });

  it('says when no refresh comes at all', async () => {
    await client.query('begin');
    await set(`last_success_at = now() - interval '20 minutes'`);
    expect(await monitor()).toMatchObject({ status: 'WARNING' });
    await set(`last_success_at = now() - interval '2 hours'`);
    expect(await monitor()).toMatchObject({ status: 'ALERT' });
    expect((await monitor()).reason).toMatch(/no refresh has succeeded since/);
    await client.query('rollback');
  });

  it('names the writer that holds the horizon back', async () => {
    await other.query(
      `set application_name = 'loader'; begin; insert into raw.src values (now(), 'x', 1, 1)`,
    );
    const pid = await value<number>(other, 'select pg_backend_pid()');
    expect(await lines(client, `select pid, who from rollup.horizon_holders('raw.src'::regclass)`)).toEqual([
      JSON.stringify({ pid, who: `pid ${pid} (tidemark, loader, idle in transaction)` }),
    ]);
    // The same view, impatient.
    const view = await value<string>(
      client,
      `select replace(pg_get_viewdef('rollup.timeseries_operations_monitor'::regclass), '''00:10:00''::interval', '''00:00:00''::interval')`,
    );
    const found = await value<string>(
      client,
      `select status || ': ' || reason from (${view.replace(/;\s*$/, '')}) v`,
    );
    expect(found).toMatch(
      new RegExp(
        `^ALERT: pid ${pid} \\(tidemark, loader, idle in transaction\\) has written to the source and been open for`,
      ),
    );
    await other.query('rollback');
    expect(await lines(client, `select * from rollup.horizon_holders('raw.src'::regclass)`)).toEqual([]);
  });

  it('reports half a backfill', async () => {
    // Of all tiers together; how much lies before a time depends on the hour, since a day is covered when it is over.
    const covered = () =>
      value<number>(
        client,
        `select sum(extract(epoch from upper(r) - lower(r)))::double precision
           from rollup.timeseries_tier t cross join unnest(t.coverage) r`,
      );
    await client.query('begin');
    const whole = await covered();
    expect(Number((await monitor())['backfill'])).toBe(1);
    await client.query(
      `update rollup.timeseries_tier t set coverage = t.coverage - tstzmultirange(tstzrange(null, c.source_floor + (upper(t.coverage) - c.source_floor) / 2))
         from rollup.timeseries_rollup_config c where c.name = t.rollup`,
    );
    // Half of what each tier has to cover.
    expect((await covered()) / whole).toBeCloseTo(0.5, 9);
    expect(Number((await monitor())['backfill'])).toBe(0.5);
    await client.query('rollback');
  });
});
