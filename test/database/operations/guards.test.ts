import type { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createPartitionedSource, DAY, deploy, EXACT, HOUR, lines, maintain, spec, value } from './support';

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
const days = `select ${EXACT} from gold.m_1d where bucket < now() - interval '2 days'`;
const reasons = () => lines(client, 'select message, detail from rollup.timeseries_error_log order by id');

describe('an expired partition is kept', () => {
  it('while backfill has not reached it, and says why once', async () => {
    await deploy(client, spec({ retention: '3 months' }), false);
    // One hour, so that the refresh that maintenance starts does not finish in its minute, nor in the test's life.
    await client.query(`update rollup.timeseries_rollup_config set attempt = 1, next_attempt_at = now() + interval '1 hour'`);
    const before = await expired();
    await maintain(client);
    await maintain(client);
    expect(await expired()).toBe(before);
    const told = await reasons();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/partition raw\.src_p\d{4}_?\d\d(01)? is past its retention and kept/);
    expect(told[0]).toMatch(/rollup m has not aggregated .* into its tier 1h yet/);
    expect(await value(client, 'select attempt from rollup.timeseries_error_log')).toBe(0);
    await client.query(`update rollup.timeseries_rollup_config set attempt = 0, next_attempt_at = null`);
    await maintain(client);
    expect(await expired()).toBe(0);
  });

  it('while one coarse bucket at its upper edge is not aggregated', async () => {
    await deploy(client, spec({ retention: '3 months' }));
    const gold = await lines(client, days);
    const edge = await value<string>(client, `select upper(range)::text from rollup.expired_partitions('raw.src') offset 2 limit 1`);
    await client.query(
      `update rollup.timeseries_tier set coverage = coverage - tstzmultirange(tstzrange(b, b + interval '1 day'))
         from (select rollup.time_bucket('1 day', $1, 'America/New_York') as b) x where ordinal = 1`, [edge]);
    await client.query(`update rollup.timeseries_rollup_config set attempt = 1, next_attempt_at = now() + interval '1 hour'`);
    await maintain(client);
    // The two older ones are gone; the third touches the bucket that is missing.
    expect(await value(client, `select min(lower(range))::timestamptz < $1 from rollup.expired_partitions('raw.src')`, [edge])).toBe(true);
    expect(await value(client, `select count(*) from pg_partition_tree('raw.src') where isleaf and relid in (select relid from rollup.expired_partitions('raw.src'))`)).toBeGreaterThan(0);
    expect((await reasons())[0]).toMatch(/into its tier 1d yet/);
    expect(await lines(client, days)).toEqual(gold);
    await client.query(`update rollup.timeseries_rollup_config set attempt = 0, next_attempt_at = null`);
    await maintain(client);
    expect(await expired()).toBe(0);
    expect(await lines(client, days)).toEqual(gold);
  });

  it('while another rollup on the same source needs it', async () => {
    await deploy(client, spec({ retention: '3 months' }));
    await deploy(client, spec({ name: 'z', tiers: [HOUR] }), false);
    await client.query(`update rollup.timeseries_rollup_config set attempt = 1, next_attempt_at = now() + interval '1 hour' where name = 'z'`);
    const before = await expired();
    await maintain(client);
    expect(await expired()).toBe(before);
    expect((await reasons()).join()).toMatch(/rollup z has not aggregated/);
    await client.query(`update rollup.timeseries_rollup_config set attempt = 0, next_attempt_at = null`);
    await maintain(client);
    expect(await expired()).toBe(0);
  });

  it('while a writer holds the source, and the writer is not disturbed', async () => {
    await deploy(client, spec({ retention: '3 months' }));
    await other.query('begin');
    await other.query(`insert into raw.src values (now() - interval '6 months', 'w', 1, 1)`);
    const before = await expired();
    await maintain(client);
    expect(await expired()).toBe(before);
    expect((await reasons()).join()).toMatch(/expired partitions of raw\.src: canceling statement due to lock timeout/);
    await other.query('commit');
    await client.query('delete from rollup.timeseries_error_log');
    await maintain(client);
    expect(await expired()).toBe(0);
    expect(await value(client, `select v_sum from gold.m_1h where k = 'w'`)).toBe(1);
    expect(await reasons()).toEqual([]);
  });

  it('while a prepared transaction holds the source', async () => {
    await deploy(client, spec({ retention: '3 months' }));
    await other.query('begin');
    await other.query(`insert into raw.src values (now() - interval '6 months', 'p', 1, 1)`);
    const prepared = await other.query(`prepare transaction '${database.name}'`).then(() => true, () => false);
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

describe('what waits in the logs is aggregated first', () => {
  it('dirty keys of a partition that is then dropped', async () => {
    const compiled = await deploy(client, spec({ retention: '3 months' }));
    await client.query(`update raw.src set v = v + 1 where ts < now() - interval '5 months'`);
    await client.query(`delete from raw.src where ts < now() - interval '6 months'`);
    await expectExact(client, compiled);
    const gold = await lines(client, days);
    // The refresh that maintenance starts is refused, so that the drop itself has to do it.
    await client.query(`update rollup.timeseries_rollup_config set attempt = 1, next_attempt_at = now() + interval '1 hour'`);
    await maintain(client);
    expect(await expired()).toBe(0);
    expect(await value(client, `select dirty_keys from rollup.dirty_count('m')`)).toBe(0);
    expect(await lines(client, days)).toEqual(gold);
    expect(await lines(client, 'select * from rollup.sealed_change')).toEqual([]);
  });

  it('a truncated partition is read again before it goes', async () => {
    await deploy(client, spec({ retention: '3 months' }));
    await client.query(`truncate ${await value<string>(client, `select relid::text from rollup.expired_partitions('raw.src') limit 1 offset 2`)}`);
    const gold = await lines(client, days);
    await maintain(client);
    expect(await expired()).toBe(0);
    expect(await lines(client, days)).toEqual(gold);
  });
});

describe('a partition dropped by hand', () => {
  it('is sealed by the next refresh, also where the finest tier has let its rows go', async () => {
    await deploy(client, spec({ retention: null, tiers: [{ ...HOUR, retention: '60 days' }, DAY] }));
    const gold = await lines(client, days);
    const time = `(now() - interval '6 months')`;
    await client.query(`drop table ${await value<string>(client, `select tableoid::regclass::text from raw.src where ts < ${time} order by ts desc limit 1`)}`);
    await client.query(`call rollup.perform_rollup('m')`);
    expect(await value(client, `select ${time} - interval '1 day' <@ sealed from rollup.timeseries_rollup_config`)).toBe(true);
    expect(await lines(client, days)).toEqual(gold);
    const sum = () => value<string>(client, `select sum(v_sum) from gold.m_1d where bucket = rollup.time_bucket('1 day', ${time} - interval '1 day', 'America/New_York')`);
    const before = Number(await sum());
    await client.query(`insert into raw.src values (${time} - interval '1 day', 'k0', 5, 1)`);
    await client.query(`call rollup.perform_rollup('m')`);
    expect(Number(await sum())).toBe(before + 5);
  });

  it('and one attached with rows beside it does not unseal the bucket at their edge', async () => {
    await deploy(client, spec({ retention: '3 months' }));
    await maintain(client);
    const gold = await lines(client, days);
    const leaf = await value<string>(client, `select relid::regclass::text from rollup.source_leaf where isfinite(lower(range)) order by lower(range) limit 1`);
    const bound = await value<string>(client, `select pg_get_expr(relpartbound, oid) from pg_class where oid = '${leaf}'::regclass`);
    await client.query(`alter table raw.src detach partition ${leaf}`);
    await client.query(`call rollup.perform_rollup('m')`);
    expect(await lines(client, days)).toEqual(gold);
    await client.query(`alter table raw.src attach partition ${leaf} ${bound}`);
    await client.query(`call rollup.perform_rollup('m')`);
    expect(await lines(client, days)).toEqual(gold);
  });
});
