import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wantedState } from '../../../infra/db/rollup/apply';
import { rollup } from '../../../infra/provider/rollup';
import {
  type Data,
  decode,
  FORMAT,
  observedInputs,
  onDeleteOf,
  outputsOf,
  ownedInputs,
  UNMANAGED,
} from '../../../infra/provider/state';
import { SPEC } from './definitions';

const STATES = join(__dirname, 'states');
const fixture = (file: string) => JSON.parse(readFileSync(join(STATES, file), 'utf8')) as Data;

describe('outputs of every released form', () => {
  it('are kept as a fixture each', () => {
    const files = Array.from({ length: FORMAT }, (_, index) => `${index + 1}.json`);
    expect(readdirSync(STATES).sort()).toEqual(files.sort());
  });

  // The fixtures are never edited: states out there look like this.
  it.each(readdirSync(STATES))('%s gives what today’s code would have kept', async (file) => {
    const outputs = fixture(file);
    const decoded = decode(outputs);
    const inputs = {
      ...(await rollup.check({}, { connection: { urlEnv: 'X' }, definition: SPEC })).inputs,
      engine: decoded['engine'],
    };
    expect(decoded).toEqual(outputsOf(inputs));
    expect(await rollup.diff('flight_delays', outputs, inputs)).toEqual({ changes: false });
    expect(onDeleteOf(decoded)).toBe('retain');
  });

  it('are refused when they come from later code', async () => {
    const later = { ...fixture('1.json'), format: FORMAT + 1 };
    expect(() => decode(later)).toThrow(
      `later version of tidemark (format ${FORMAT + 1}; this version knows ${FORMAT})`,
    );
  });
});

describe('what a delete does', () => {
  it('is to drop only where the state says so', () => {
    expect(onDeleteOf({ definition: { onDelete: 'drop' } })).toBe('drop');
    for (const definition of [{ onDelete: 'retain' }, { onDelete: 1 }, {}, null, 'drop']) {
      expect(onDeleteOf({ definition })).toBe('retain');
    }
    expect(onDeleteOf({})).toBe('retain');
  });
});

describe('what a rollup owns', () => {
  const owned = wantedState(SPEC);

  it('is told in words, for previews leave out null', () => {
    const { source } = owned.configuration;
    const broken = { ...owned, schedule: null, partitions: { [source]: null } };
    const { schedule, partitions, configuration } = ownedInputs(broken, true);
    expect({ schedule, partitions }).toEqual({
      schedule: 'missing',
      partitions: { 'raw."Flight ""log"""': 'missing' },
    });
    expect(configuration['tiers']).toMatchObject([
      { retention: '90 days', timeZone: 'UTC' },
      { retention: 'forever', timeZone: 'America/New_York' },
    ]);
  });

  it('holds no schedule where pg_cron is left alone', () => {
    expect(ownedInputs(owned, false).schedule).toBe(UNMANAGED);
    const kept = { connection: {}, engine: 'e', schedule: UNMANAGED };
    expect(observedInputs(kept, { definition: SPEC, owned, owner: null })).toMatchObject({
      schedule: UNMANAGED,
    });
  });

  it('has the length of partitions only where the definition decides it', () => {
    const { partitions } = ownedInputs(owned, true);
    expect(partitions).toEqual({
      'raw."Flight ""log"""': expect.objectContaining({ every: '1 month' }),
      'silver.flight_delays_1h': expect.not.objectContaining({ every: expect.anything() }),
    });
  });
});
