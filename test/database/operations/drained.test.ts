import type { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import {
  createPartitionedSource,
  DAY,
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

describe('what waits in the logs is aggregated first', () => {
  it('dirty keys of a partition that is then dropped', async () => {
    const compiled = await deploy(client, definition({ retention: '3 months' }));
    await client.query(`update raw.src set v = v + 1 where ts < now() - interval '5 months'`);
    await client.query(`delete from raw.src where ts < now() - interval '6 months'`);
    await expectExact(client, compiled);
    const gold = await lines(client, days);
    // The refresh that maintenance starts is refused, so that the drop itself has to do it.
    await client.query(
      `update rollup.timeseries_rollup_config set attempt = 1, next_attempt_at = now() + interval '1 hour'`,
    );
    // It aggregates for five seconds while writers wait; on a busy machine the next maintenance goes on from there.
    for (let times = 0; times < 20 && (await expired()) > 0; times += 1) await maintain(client);
    expect(await expired()).toBe(0);
    expect(await value(client, `select dirty_keys from rollup.dirty_count('m')`)).toBe(0);
    expect(await lines(client, days)).toEqual(gold);
    expect(await lines(client, 'select * from rollup.sealed_change')).toEqual([]);
  });

  it('a truncated partition is read again before it goes', async () => {
    await deploy(client, definition({ retention: '3 months' }));
    await client.query(
      `truncate ${await value<string>(client, `select relid::text from rollup.expired_partitions('raw.src') limit 1 offset 2`)}`,
    );
    const gold = await lines(client, days);
    await maintain(client);
    expect(await expired()).toBe(0);
    expect(await lines(client, days)).toEqual(gold);
  });
});

describe('a partition dropped by hand', () => {
  it('is sealed by the next refresh, also where the finest tier has let its rows go', async () => {
    await deploy(client, definition({ retention: null, tiers: [{ ...HOUR, retention: '60 days' }, DAY] }));
    const gold = await lines(client, days);
    const time = `(now() - interval '6 months')`;
    await client.query(
      `drop table ${await value<string>(client, `select tableoid::regclass::text from raw.src where ts < ${time} order by ts desc limit 1`)}`,
    );
    await client.query(`call rollup.perform_rollup('m')`);
    expect(
      await value(client, `select ${time} - interval '1 day' <@ sealed from rollup.timeseries_rollup_config`),
    ).toBe(true);
    expect(await lines(client, days)).toEqual(gold);
    const sum = () =>
      value<string>(
        client,
        `select sum(v_sum) from gold.m_1d where bucket = rollup.time_bucket('1 day', ${time} - interval '1 day', 'America/New_York')`,
      );
    const before = Number(await sum());
    await client.query(`insert into raw.src values (${time} - interval '1 day', 'k0', 5, 1)`);
    await client.query(`call rollup.perform_rollup('m')`);
    expect(Number(await sum())).toBe(before + 5);
  });

  it('and one attached with rows beside it does not unseal the bucket at their edge', async () => {
    await deploy(client, definition({ retention: '3 months' }));
    await maintain(client);
    const gold = await lines(client, days);
    const leaf = await value<string>(
      client,
      `select relid::regclass::text from rollup.source_leaf where isfinite(lower(range)) order by lower(range) limit 1`,
    );
    const bound = await value<string>(
      client,
      `select pg_get_expr(relpartbound, oid) from pg_class where oid = '${leaf}'::regclass`,
    );
    await client.query(`alter table raw.src detach partition ${leaf}`);
    await client.query(`call rollup.perform_rollup('m')`);
    expect(await lines(client, days)).toEqual(gold);
    await client.query(`alter table raw.src attach partition ${leaf} ${bound}`);
    await client.query(`call rollup.perform_rollup('m')`);
    expect(await lines(client, days)).toEqual(gold);
    // A late row for the part of that bucket that is gone is still added to the rest.
    const edge = `(select lower(range) from rollup.source_leaf where relid = '${leaf}'::regclass)`;
    const sum = () =>
      value<string>(
        client,
        `select v_sum from gold.m_1h where k = 'k0' and v_count > 0 and bucket < ${edge} order by bucket desc limit 1`,
      );
    const before = Number(await sum());
    await client.query(
      `insert into raw.src select bucket, 'k0', 5, 1 from gold.m_1h where k = 'k0' and bucket < ${edge} order by bucket desc limit 1`,
    );
    await client.query(`call rollup.perform_rollup('m')`);
    expect(Number(await sum())).toBe(before + 5);
  });
});

describe('a key that cannot be aggregated', () => {
  it('keeps its partition, with its reason, until its rows change', async () => {
    const compiled = await deploy(client, definition({ retention: '3 months' }));
    await client.query(
      `insert into raw.src select t, 'bad', 1, f from (select min(ts) + interval '1 second' as t from raw.src) m
        cross join unnest(array[1e308, 1e308, -1e308]) f`,
    );
    await client.query(`call rollup.perform_rollup('m', true)`);
    const kept = await expired();
    await maintain(client);
    expect(await expired()).toBe(kept);
    expect(
      await lines(client, 'select message, detail from rollup.timeseries_error_log where attempt = 0'),
    ).toEqual([
      expect.stringMatching(
        /partition raw\.\S+ is past its retention and kept.*rollup m cannot aggregate key .*bad.*: value out of range: overflow/,
      ),
    ]);
    await client.query(`update raw.src set f = 1 where k = 'bad'`);
    const gold = await lines(client, days);
    for (let times = 0; times < 20 && (await expired()) > 0; times += 1) await maintain(client);
    expect(await expired()).toBe(0);
    expect(await value(client, 'select count(*) from rollup.set_aside')).toBe(0);
    expect(await lines(client, days)).toEqual(gold);
    await expectExact(client, compiled);
  });
});
