import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startLocalServer, stopLocalServer } from '../../../infra/local/postgres/server';
import {
  createDatabaseOn,
  generation,
  installRollup,
  openClient,
  type TestDatabase,
} from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { day, dirtyKeys, refresh, rollup } from '../../helpers/fixture';

const directory = join(__dirname, '..', '..', '..', '.local', 'test', `replicated-${generation()}`);
const COLUMNS = 'id integer primary key, ts timestamptz not null, url text, v double precision';
const COMPUTED = "k text generated always as (lower(split_part(url, '/', 1))) stored";

/** A publisher and a subscriber, two databases of one server. */
describe('a source that a subscription writes', () => {
  const databases: TestDatabase[] = [];
  const clients: Client[] = [];
  let publisher: Client;
  let subscriber: Client;

  beforeAll(async () => {
    const server = await startLocalServer({
      directory,
      generation: generation(),
      settings: { fsync: 'off', wal_level: 'logical' },
    });
    for (let made = 0; made < 2; made += 1) {
      const database = await createDatabaseOn(server);
      databases.push(database);
      clients.push(await openClient(database.adminUrl));
    }
    [publisher, subscriber] = clients as [Client, Client];
  });
  afterAll(async () => {
    await subscriber?.query('drop subscription if exists feed');
    // Where a test ended before there was a subscription.
    await publisher?.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots');
    for (const client of clients) await client.end();
    for (const database of databases) await database.drop();
    await stopLocalServer(directory);
  });

  const state = (client: Client) =>
    client.query('select id, ts, url, v, k from raw.feed order by id').then(({ rows }) => rows);
  const arrived = () =>
    vi.waitFor(async () => expect(await state(subscriber)).toEqual(await state(publisher)), {
      timeout: 250_000,
      interval: 50,
    });

  it('is exact through its first copy and through changes, with a key that one side computes', async () => {
    // From 18 on the publisher may send what it computed; before, the subscriber computes it again.
    const sent = generation() >= 18;
    await publisher.query(`create table raw.feed (${COLUMNS}, ${COMPUTED});
      insert into raw.feed (id, ts, url, v) select g, '${day(-1)}'::timestamptz + g * interval '10 seconds', 'H' || g % 2 || '/x', g from generate_series(1, 20) g;
      create publication feed for table raw.feed${sent ? ' with (publish_generated_columns = stored)' : ''}`);
    await subscriber.query(`create table raw.feed (${COLUMNS}, ${sent ? 'k text' : COMPUTED})`);
    const compiled = await installRollup(subscriber, rollup('feed', { source: { capture: 'rows' } }));
    await refresh(subscriber, 'feed');

    const slot = `feed_${databases[0]?.name}`;
    await publisher.query(`select pg_create_logical_replication_slot('${slot}', 'pgoutput')`);
    await subscriber.query(
      `create subscription feed connection '${databases[0]?.adminUrl}' publication feed with (create_slot = false, slot_name = '${slot}')`,
    );
    await arrived();
    expect(await dirtyKeys(subscriber, 'feed')).toBe(20);
    await expectExact(subscriber, compiled);
    await refresh(subscriber, 'feed');

    await publisher.query(
      `begin; update raw.feed set url = 'H9/y' where id <= 4; update raw.feed set ts = ts + interval '1 hour' where id = 5;
       delete from raw.feed where id > 18; insert into raw.feed (id, ts, url, v) values (21, '${day(-2)}', 'H1/x', 100); commit`,
    );
    await arrived();
    await expectExact(subscriber, compiled);
    await refresh(subscriber, 'feed');
    await expectExact(subscriber, compiled);
    const { rows } = await subscriber.query(
      'select k, sum(v_count)::int as n, sum(v_sum) as sum from gold.feed_1m group by 1 order by 1',
    );
    // Even from 6 to 18; odd from 5 to 17, and 100; 1 to 4.
    expect(rows).toEqual([
      { k: 'h0', n: 7, sum: 84 },
      { k: 'h1', n: 8, sum: 177 },
      { k: 'h9', n: 4, sum: 10 },
    ]);

    await publisher.query('truncate raw.feed');
    await arrived();
    await expectExact(subscriber, compiled);
  });
});
