import type { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';
import {
  createPartitionedSource,
  definition,
  deploy,
  EXACT,
  HOUR,
  lines,
  maintain,
  SETTLED,
  value,
} from './support';

let database: TestDatabase;
let client: Client;
let other: Client;

beforeEach(async () => {
  database = await createTestDatabase();
  client = await openClient(database.url);
  other = await openClient(database.url);
  await createPartitionedSource(client);
});
afterEach(async () => {
  await other?.end();
  await client?.end();
  await database?.drop();
});

const expired = () => value<number>(client, `select count(*) from rollup.expired_partitions('raw.src')`);
const days = `select ${EXACT} from gold.m_1d where bucket < '${SETTLED}'`;
const reasons = () => lines(client, 'select message, detail from rollup.timeseries_error_log order by id');

/** Refuses refreshes for a while, so that the one that maintenance starts does nothing. */
const stop = () =>
  client.query(
    `update rollup.timeseries_rollup_config set attempt = 1, next_attempt_at = now() + interval '1 hour'`,
  );
const resume = () =>
  client.query('update rollup.timeseries_rollup_config set attempt = 0, next_attempt_at = null');

describe('an expired partition is kept', () => {
  it('while backfill has not reached it, and says why once', async () => {
    await deploy(client, definition({ retention: '3 months' }), false);
    await stop();
    const before = await expired();
    await maintain(client);
    await maintain(client);
    expect(await expired()).toBe(before);
    const told = await reasons();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/partition raw\.src_p\d{4}_?\d\d(01)? is past its retention and kept/);
    expect(told[0]).toMatch(/rollup m has not aggregated .* into its tier 1h yet/);
    expect(await value(client, 'select attempt from rollup.timeseries_error_log')).toBe(0);
    await resume();
    await maintain(client);
    expect(await expired()).toBe(0);
  });

  it('while one coarse bucket at its upper edge is not aggregated', async () => {
    await deploy(client, definition({ retention: '3 months' }));
    const gold = await lines(client, days);
    const edge = await value<string>(
      client,
      `select upper(range)::text from rollup.expired_partitions('raw.src') offset 2 limit 1`,
    );
    await client.query(
      `update rollup.timeseries_tier set coverage = coverage - tstzmultirange(tstzrange(b, b + interval '1 day'))
         from (select rollup.time_bucket('1 day', $1, 'America/New_York') as b) x where ordinal = 1`,
      [edge],
    );
    await stop();
    await maintain(client);
    // The two older ones are gone; the third touches the bucket that is missing.
    expect(
      await value(
        client,
        `select min(lower(range))::timestamptz < $1 from rollup.expired_partitions('raw.src')`,
        [edge],
      ),
    ).toBe(true);
    expect(await expired()).toBeGreaterThan(0);
    expect((await reasons())[0]).toMatch(/into its tier 1d yet/);
    expect(await lines(client, days)).toEqual(gold);
    await resume();
    await maintain(client);
    expect(await expired()).toBe(0);
    expect(await lines(client, days)).toEqual(gold);
  });

  it('while an hour after its upper edge, in the coarse bucket that it shares, is not aggregated', async () => {
    await deploy(client, definition({ retention: '3 months' }));
    const edge = await value<string>(
      client,
      `select min(upper(range))::text from rollup.expired_partitions('raw.src')`,
    );
    await client.query(
      `update rollup.timeseries_tier set coverage = coverage - tstzmultirange(tstzrange($1, $1::timestamptz + interval '1 hour')) where ordinal = 0`,
      [edge],
    );
    await stop();
    const before = await expired();
    await maintain(client);
    expect(await expired()).toBe(before);
    expect((await reasons())[0]).toMatch(/into its tier 1h yet/);
  });

  it('while another rollup on the same source needs it', async () => {
    await deploy(client, definition({ retention: '3 months' }));
    await deploy(client, definition({ name: 'z', tiers: [HOUR] }), false);
    await client.query(
      `update rollup.timeseries_rollup_config set attempt = 1, next_attempt_at = now() + interval '1 hour' where name = 'z'`,
    );
    const before = await expired();
    await maintain(client);
    expect(await expired()).toBe(before);
    expect((await reasons()).join()).toMatch(/rollup z has not aggregated/);
    await resume();
    await maintain(client);
    expect(await expired()).toBe(0);
  });

  it('while a writer holds the source, and the writer is not disturbed', async () => {
    await deploy(client, definition({ retention: '3 months' }));
    await other.query('begin');
    await other.query(`insert into raw.src values (now() - interval '6 months', 'w', 1, 1)`);
    const before = await expired();
    await maintain(client);
    expect(await expired()).toBe(before);
    expect((await reasons()).join()).toMatch(
      /expired partitions of raw\.src: canceling statement due to lock timeout/,
    );
    await other.query('commit');
    await client.query('delete from rollup.timeseries_error_log');
    await maintain(client);
    expect(await expired()).toBe(0);
    expect(await value(client, `select v_sum from gold.m_1h where k = 'w'`)).toBe(1);
    expect(await reasons()).toEqual([]);
  });

  it('while a prepared transaction holds the source', async () => {
    await deploy(client, definition({ retention: '3 months' }));
    await other.query('begin');
    await other.query(`insert into raw.src values (now() - interval '6 months', 'p', 1, 1)`);
    const prepared = await other.query(`prepare transaction '${database.name}'`).then(
      () => true,
      () => false,
    );
    if (!prepared) return; // max_prepared_transactions is 0 here
    const before = await expired();
    await maintain(client);
    expect(await expired()).toBe(before);
    await other.query(`commit prepared '${database.name}'`);
    await maintain(client);
    expect(await expired()).toBe(0);
    expect(await value(client, `select v_sum from gold.m_1h where k = 'p'`)).toBe(1);
  });
});
