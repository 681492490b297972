import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engine, rollup } from '../../../infra/provider/entry';
import type { Data } from '../../../infra/provider/state';
import { UNKNOWN } from '../../../infra/provider/unknown';
import { SPEC, withoutNulls } from './definitions';

const connection = { urlEnv: 'DATABASE_URL' };
const GIVEN = { connection, definition: SPEC, __provider: 'text' };

async function inputsOf(given: Data, before: Data = {}): Promise<Data> {
  const { inputs, failures = [] } = await rollup.check(before, given);
  expect(failures).toEqual([]);
  return inputs;
}

async function reasons(given: Data, before: Data = {}): Promise<readonly string[]> {
  return ((await rollup.check(before, given)).failures ?? []).map(({ reason }) => reason);
}

describe('check of a rollup', () => {
  it('adds what the rollup will own, so that a preview shows it', async () => {
    expect(await inputsOf(GIVEN)).toMatchObject({
      connection,
      definition: SPEC,
      engine: expect.stringMatching(/^[0-9a-f]{16}$/),
      schedule: { job: 'tidemark:flight_delays', schedule: '*/5 * * * *', active: true },
      configuration: { lag: '1 minute', statements: 'as compiled' },
      objects: 'intact',
      views: ['gold.flight_delays_1h', 'gold.flight_delays_1d'],
    });
  });

  it('collects all problems and never names a property, whose value Pulumi would print', async () => {
    const bad = {
      connection: { url: 'postgres://u:hunter2@h' },
      definition: { ...SPEC, name: '1' },
      schedule: 'no',
    };
    const { failures = [] } = await rollup.check({}, bad);
    expect(failures.map(({ property }) => property)).toEqual(['', '', '']);
    expect(JSON.stringify(failures)).not.toContain('hunter2');
  });

  it('accepts what is unknown, and leaves unknown what follows from it', async () => {
    expect(await inputsOf({ ...GIVEN, connection: UNKNOWN })).toMatchObject({
      connection: UNKNOWN,
      objects: 'intact',
    });
    const source = { ...SPEC.source, time: UNKNOWN };
    const inputs = await inputsOf({ ...GIVEN, definition: { ...SPEC, source } });
    expect(inputs).toMatchObject({ configuration: UNKNOWN, schedule: UNKNOWN, definition: { source } });
  });

  it('refuses another name under the same resource', async () => {
    const before = await inputsOf(GIVEN);
    expect(await reasons({ ...GIVEN, definition: { ...SPEC, name: 'other' } }, before)).toEqual([
      'The resource of rollup "flight_delays" cannot become rollup "other": the name is the identity of the data. Give "other" a resource of its own.',
    ]);
  });

  it('refuses at preview what cannot be changed in place', async () => {
    const before = withoutNulls(await inputsOf(GIVEN));
    expect(await reasons({ ...GIVEN, definition: { ...SPEC, dimensions: ['delay'] } }, before)).toEqual([
      expect.stringMatching(
        /^Rollup "flight_delays" cannot be changed in place: dimensions from \["origin"\] to \["delay"\] \(rebuild\)/,
      ),
    ]);
    const online = { ...SPEC, refresh: { schedule: '30 seconds', lag: '2 minutes' }, onDelete: 'drop' };
    expect(await reasons({ ...GIVEN, definition: online }, before)).toEqual([]);
  });

  it('leaves other columns of the source to the apply, which knows the table, and shows the difference', async () => {
    const columns = SPEC.source.columns ?? [];
    const given = (list: unknown) => ({
      ...GIVEN,
      definition: { ...SPEC, source: { ...SPEC.source, columns: list } },
    });
    const before = withoutNulls(await inputsOf(given(columns)));
    const wanted = given([...columns, { name: 'note', type: 'text', nullable: true }]);
    expect(await reasons(wanted, before)).toEqual([]);
    expect(await rollup.diff('x', before, await inputsOf(wanted, before))).toEqual({ changes: true });
  });
});

describe('diff of a rollup', () => {
  it('sees no change between what check gave and what came back from Pulumi', async () => {
    const inputs = await inputsOf(GIVEN);
    const outputs = withoutNulls({ ...inputs, format: 1, __provider: 'older text' });
    expect(await rollup.diff('x', outputs, inputs)).toEqual({ changes: false });
  });

  it('sees a change in any value of any depth, known or unknown', async () => {
    const inputs = await inputsOf(GIVEN);
    const leaves = (value: unknown, path: readonly string[]): (readonly string[])[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]))
        : [path];
    const set = (value: unknown, [key, ...rest]: readonly string[], to: string): unknown => {
      if (key === undefined) return to;
      if (Array.isArray(value)) return value.with(Number(key), set(value[Number(key)], rest, to));
      const map = value as Record<string, unknown>;
      return { ...map, [key]: set(map[key], rest, to) };
    };
    const paths = leaves(inputs, []);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.constantFrom('changed', UNKNOWN), async (path, to) => {
        const changed = set(inputs, path, to) as Data;
        expect(await rollup.diff('x', inputs, changed)).toEqual({ changes: true });
        expect(await rollup.diff('x', changed, inputs)).toEqual({ changes: true });
      }),
    );
  });
});

describe('the engine', () => {
  it('changes with its version, its SQL, its jobs and its place, and with nothing else', async () => {
    const { inputs } = await engine.check({}, { connection });
    expect(await engine.diff('tidemark', { ...inputs, format: 1, __provider: 'a' }, inputs)).toEqual({
      changes: false,
    });
    for (const key of ['version', 'engine', 'objects', 'jobs', 'connection']) {
      expect(await engine.diff('tidemark', { ...inputs, [key]: 'other' }, inputs)).toEqual({ changes: true });
    }
    expect((await engine.check({}, { connection, schedule: false })).inputs['jobs']).toBe('not managed');
    expect((await engine.check({}, {})).failures).toHaveLength(1);
  });
});

describe('a database that cannot be had', () => {
  it('is one sentence without a stack, with what to do when it is gone for good', async () => {
    delete process.env['DATABASE_URL'];
    const inputs = await inputsOf(GIVEN);
    const told = async (work: Promise<unknown>) =>
      work.then(
        () => null,
        (error: Error) => [error.message, error.stack],
      );
    const sentence = 'The connection reads the environment variable DATABASE_URL, but it is not set.';
    expect(await told(rollup.create(inputs))).toEqual([expect.stringContaining(sentence), '']);
    expect(await told(rollup.read('flight_delays', inputs))).toEqual([expect.stringContaining(sentence), '']);
    expect(await told(rollup.delete('flight_delays', inputs))).toEqual([
      expect.stringMatching(/no longer exists.*pulumi state delete/),
      '',
    ]);
  });
});
