import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, generation, type TestDatabase } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import type { Tally } from '../../helpers/flow/clients';
import { chooseSeed } from '../../helpers/random';
import { drain, prepareWorkload, runLoad, type Workload } from '../../helpers/workload';

const SECONDS = Number(process.env['TIDEMARK_SOAK_SECONDS'] ?? 60);

/** As much as a small machine of two cores does in the time; one that has more to do takes longer. */
const enough = (tally: Tally): boolean =>
  tally.transactions > SECONDS * 15 &&
  tally.snapshots > SECONDS * 3 &&
  tally.refreshes > SECONDS &&
  tally.truncates > 0 &&
  tally.attached > 3;

describe(`every snapshot is exact under load (PostgreSQL ${generation()})`, () => {
  let database: TestDatabase;
  let workload: Workload;

  beforeAll(async () => {
    database = await createTestDatabase();
    workload = await prepareWorkload(database);
  });

  afterAll(async () => {
    await workload?.client.end();
    await database?.drop();
  });

  it(
    'in every REPEATABLE READ snapshot each gold view equals the GROUP BY over the source',
    async () => {
      const seed = chooseSeed();
      console.log(`TIDEMARK_SEED=${seed} repeats this run of ${SECONDS} seconds.`);
      const { differences, ...tally } = await runLoad(database, workload, {
        seconds: SECONDS,
        seed,
        enough,
        writers: 24,
        checkers: 3,
      });
      console.log(JSON.stringify({ ...tally, differences: differences.length }));
      expect(differences.slice(0, 3)).toEqual([]);
      expect(await drain(workload.client, workload.rollups)).toBe(0);
      await expectExact(workload.client, ...workload.rollups);
      const errors = await workload.client.query(
        "select message from rollup.timeseries_error_log where sqlstate not in ('40P01', '55P03')",
      );
      expect(errors.rows).toEqual([]);
      expect(enough({ ...tally, differences })).toBe(true);
    },
    (SECONDS * 10 + 300) * 1000,
  );
});
