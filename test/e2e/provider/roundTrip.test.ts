import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import type { RollupDefinition } from '../../../infra/model/definition';
import { engine, rollup } from '../../../infra/provider/entry';
import type { Data } from '../../../infra/provider/state';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';
import { choice, definition, generated } from './generated';

vi.setConfig({ testTimeout: 600_000 });

const VARIABLE = 'TIDEMARK_TEST_ROUND_TRIP_URL';
const SHARED = { connection: { urlEnv: VARIABLE }, schedule: false };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  process.env[VARIABLE] = database.url;
});
afterAll(() => database?.drop());

async function checked(definition: RollupDefinition, before: Data = {}): Promise<Data> {
  const { inputs, failures = [] } = await rollup.check(before, { ...SHARED, definition });
  expect(failures).toEqual([]);
  return inputs;
}

/** What Pulumi does to data on its way to the state and back. */
const stored = (data: Data | undefined): Data => JSON.parse(JSON.stringify(data)) as Data;

describe('what was applied and is read back', () => {
  it('shows no difference, for any definition', async () => {
    await fc.assert(
      fc.asyncProperty(choice, async (values) => {
        const definition = generated(values);
        fc.pre(definition !== null);
        const inputs = await checked(definition);
        const { id, outs } = await rollup.create(inputs);
        expect(await rollup.diff(id, stored(outs), inputs)).toEqual({ changes: false });
        const read = await rollup.read(id, stored(outs));
        expect(read.inputs).toEqual(inputs);
        expect(read.props).toEqual(outs);
        expect(await rollup.update(id, stored(outs), await checked(definition, stored(read.inputs)))).toEqual(
          {
            outs,
          },
        );
        await rollup.delete(id, stored({ ...outs, definition: { ...definition, onDelete: 'drop' } }));
        expect(await rollup.read(id, stored(outs))).toEqual({});
        await rollup.delete(id, stored(outs));
      }),
      { numRuns: 6, seed: 20_010_101, endOnFailure: true },
    );
  });

  it('is the same for the engine', async () => {
    const { inputs } = await engine.check({}, SHARED);
    const { id, outs } = await engine.create(inputs);
    const read = await engine.read(id, stored(outs));
    expect(read.inputs).toEqual(inputs);
    expect(await engine.diff(id, stored(read.props), inputs)).toEqual({ changes: false });
  });
});

describe('a rollup that was retained', () => {
  const kept = () =>
    definition(
      'kept',
      'source: { table: raw.kept, time: at, columns: { at: timestamptz not null } }\nmeasures: { "*": [count] }\ntiers: [{ every: 1 hour }]',
    );

  it('reads as drift, not as gone, and create takes it back', async () => {
    const inputs = await checked(kept());
    const { outs } = await rollup.create(inputs);
    await rollup.delete('kept', stored(outs));
    const read = await rollup.read('kept', stored(outs));
    expect(read.inputs).toMatchObject({ objects: 'retired', configuration: { enabled: false } });
    expect(await rollup.diff('kept', stored(read.props), inputs)).toEqual({ changes: true });
    expect(await rollup.create(inputs)).toEqual({ id: 'kept', outs });
  });

  it('stays as it is, with one sentence, when a lock is not to be had', async () => {
    const inputs = await checked({ ...kept(), refresh: { schedule: '* * * * *', lag: '5 minutes' } });
    const blocker = await openClient(database.url);
    await blocker.query('begin; lock table raw.kept in row exclusive mode');
    await expect(rollup.update('kept', {}, inputs)).rejects.toThrow(
      /^A lock was not obtained in time: another session holds the table/,
    );
    await blocker.end();
    expect((await rollup.read('kept', stored(inputs))).inputs).toMatchObject({
      configuration: { lag: '1 minute' },
    });
  });
});

describe('rollups of one source', () => {
  it('can be applied all at once, by several processes', async () => {
    const definitions = [1, 2, 3, 4, 5, 6].map((n) =>
      definition(
        `same${n}`,
        `source: { table: raw.same, time: at, columns: { at: timestamptz not null }, partition: { every: 1 month } }\nmeasures: { "*": [count] }\ntiers: [{ every: ${n} hours, retention: 90 days }]`,
      ),
    );
    // Another variable of the same URL stands for another process: what queues here does not queue there.
    process.env[`${VARIABLE}_2`] = database.url;
    const all = definitions.map(async (definition, index) => {
      const inputs = await checked(definition);
      return rollup.create(index % 2 === 0 ? inputs : { ...inputs, connection: { urlEnv: `${VARIABLE}_2` } });
    });
    expect((await Promise.all(all)).map(({ id }) => id)).toEqual(definitions.map(({ name }) => name));
    const triggers = await withConnection({ urlEnv: VARIABLE }, (client) =>
      client.query(
        `select count(*)::integer as n from pg_trigger where tgrelid = 'raw.same'::regclass and tgname like 'rollup_i_same%'`,
      ),
    );
    expect(triggers.rows).toEqual([{ n: 6 }]);
  });
});
