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
  });

  afterAll(async () => {
    await workload?.client.end();
    await database?.drop();
  });

  it('finds differences', async () => {
    // Until something is found: how soon depends on the machine.
    const { differences } = await runLoad(database, workload, {
      seconds: 8,
      seed: chooseSeed(),
      enough: (tally) => tally.differences.length > 0,
      writers: 12,
      checkers: 2,
    });
    expect(differences.length).toBeGreaterThan(0);
  });
});
