import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { MUTATIONS, type Mutation, mutate } from '../../helpers/mutations';
import { chooseSeed } from '../../helpers/random';
import { prepareWorkload, runLoad, type Workload } from '../../helpers/workload';

/** `all` breaks one thing after the other, for the longer run; one is enough to see that the comparison can fail. */
const CHOSEN: readonly Mutation[] =
  process.env['TIDEMARK_MUTATIONS'] === 'all'
    ? MUTATIONS
    : MUTATIONS.filter((m) => m.name === 'the horizon is the clock');

describe.each(CHOSEN)('the comparison notices that $name', (mutation) => {
  let database: TestDatabase;
  let workload: Workload;

  beforeAll(async () => {
    database = await createTestDatabase();
    workload = await prepareWorkload(database, 500, 90);
    await mutate(workload.client, mutation);
  }, 120_000);

  afterAll(async () => {
    await workload?.client.end();
    await database?.drop();
  }, 60_000);

  it('finds differences within seconds', async () => {
    // Until something is found: how soon depends on the machine.
    const found: string[] = [];
    for (let round = 0; round < 6 && found.length === 0; round++) {
      const tally = await runLoad(database, workload, {
        seconds: 8,
        seed: chooseSeed(),
        writers: 12,
        checkers: 2,
      });
      found.push(...tally.differences.map((difference) => difference.tier));
    }
    expect(found.length).toBeGreaterThan(0);
  }, 180_000);
});
