import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDatabase } from '../../../infra/local/postgres/database';
import {
  killLocalServer,
  type LocalServer,
  startLocalServer,
  stopLocalServer,
} from '../../../infra/local/postgres/server';
import { createDatabaseOn, generation, openClient, type TestDatabase } from '../../helpers/database';
import { compareInSnapshot, expectExact } from '../../helpers/exact';
import { value } from '../../helpers/fixture';
import { chooseSeed } from '../../helpers/random';
import { drain, prepareWorkload, runLoad, type Workload } from '../../helpers/workload';

let root = __dirname;
while (!existsSync(join(root, 'package.json'))) root = dirname(root);

/** A server of its own, which writes through to disk as a real one does. */
describe(`a server killed with SIGKILL (PostgreSQL ${generation()})`, () => {
  const directory = join(root, '.local', 'test', `crash-${generation()}`);
  const options = {
    directory,
    generation: generation(),
    settings: { fsync: 'on', synchronous_commit: 'on', restart_after_crash: 'off' },
  };
  let server: LocalServer;
  let database: TestDatabase;
  let workload: Workload;

  beforeAll(async () => {
    server = await startLocalServer(options);
    database = await createDatabaseOn(server);
    workload = await prepareWorkload(database, 20_000, 180);
  });

  afterAll(async () => {
    await workload?.client.end().catch(() => undefined);
    await database?.drop().catch(() => undefined);
    await stopLocalServer(directory);
  });

  /** Kills the server while `work` runs, starts it again and connects anew. */
  async function crash(work: () => Promise<unknown>, whenDone: () => Promise<boolean>): Promise<void> {
    const working = work().then(
      () => 'ended',
      () => 'broken',
    );
    while (!(await whenDone())) await sleep(20);
    await killLocalServer(directory);
    expect(await working).toBe('broken');
    await workload.client.end().catch(() => undefined);
    server = await startLocalServer(options);
    // The port may be another one now.
    database = {
      ...database,
      url: withDatabase(server.url, database.name),
      adminUrl: withDatabase(server.adminUrl, database.name),
    };
    workload = { ...workload, client: await openClient(database.url) };
    // Nobody answers for a transaction that was prepared when the server died.
    const left = await workload.client.query<{ gid: string }>(
      'select gid from pg_prepared_xacts where database = current_database()',
    );
    for (const { gid } of left.rows) await workload.client.query(`commit prepared '${gid}'`);
    // Ticks are committed without waiting for the disk. One that is left with an id that is given out again would be wrong.
    expect(
      await value(
        workload.client,
        'select count(*)::integer from rollup.tick where xid >= pg_snapshot_xmax(pg_current_snapshot())',
      ),
    ).toBe(0);
  }

  it('during backfill: what was committed stays, the rest is done again, exactly', async () => {
    const watcher = await openClient(database.url);
    const batches = () =>
      value<number>(watcher, `select count(*)::integer from rollup.timeseries_refresh_log`);
    await workload.client.query(`update rollup.timeseries_rollup_config set batch_span = '1 second'`);
    await crash(
      async () => {
        // Batches stay small, so that there is something left to kill.
        for (;;) {
          await workload.client.query(`update rollup.timeseries_rollup_config set batch_span = '1 second'`);
          await workload.client.query(`call rollup.perform_rollup('series', true, '100 milliseconds')`);
        }
      },
      async () => (await batches()) >= 4,
    );
    await watcher.end().catch(() => undefined);
    const covered = await value<boolean>(
      workload.client,
      `select count(*) > 0 from rollup.timeseries_refresh_log`,
    );
    expect(covered).toBe(true);
    await expectExact(workload.client, ...workload.rollups);
    expect(await drain(workload.client, workload.rollups)).toBe(0);
    await expectExact(workload.client, ...workload.rollups);
  });

  it('during refreshes under load, then once more with no commit waiting for the disk', async () => {
    const seed = chooseSeed();
    console.log(`TIDEMARK_SEED=${seed} repeats this run.`);
    for (let round = 0; round < 2; round++) {
      // Commits are lost then: of rows, of what the triggers logged and of refreshes, never one without those before it.
      if (round === 1)
        await workload.client.query(`alter database ${database.name} set synchronous_commit = off`);
      const watcher = await openClient(database.url);
      const refreshes = () =>
        value<number>(watcher, `select count(*)::integer from rollup.timeseries_refresh_log`);
      const [before, started] = [await refreshes(), performance.now()];
      await crash(
        () => runLoad(database, workload, { seconds: 600, seed: seed + round, writers: 12, checkers: 1 }),
        // In the middle of it: some seconds in, and refreshes have been there.
        async () => performance.now() - started > 4000 + round * 1500 && (await refreshes()) >= before + 4,
      );
      await watcher.end().catch(() => undefined);
      // Exact at once, before any refresh, and after.
      expect(await compareInSnapshot(workload.client, workload.rollups)).toEqual([]);
      expect(await drain(workload.client, workload.rollups)).toBe(0);
      await expectExact(workload.client, ...workload.rollups);
    }
  });
});
