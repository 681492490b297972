import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDefinitions } from '../../../infra/definition/load';
import { checkDefinition } from '../../../infra/provider/definition';
import { UNKNOWN } from '../../../infra/provider/unknown';
import { SPEC, withoutNulls } from './definitions';

const problemsOf = (value: unknown) => checkDefinition(value).problems;

describe('a definition that comes as data', () => {
  it('is accepted in its normal form, and given back unchanged', () => {
    const { definitions } = loadDefinitions(join(__dirname, '../../../rollups'));
    expect(definitions.length).toBeGreaterThan(0);
    for (const definition of [SPEC, ...definitions.map(({ definition }) => definition)]) {
      expect(checkDefinition(definition)).toEqual({ definition, problems: [] });
    }
  });

  it('is the same without the members that Pulumi may have dropped', () => {
    expect(checkDefinition(withoutNulls(SPEC))).toEqual({ definition: SPEC, problems: [] });
  });

  it('is checked by the rules for files', () => {
    expect(problemsOf({ ...SPEC, name: 'Bad Name' })).toEqual([
      expect.stringMatching(/^name is "Bad Name"; it must be/),
    ]);
    expect(problemsOf({ ...SPEC, dimensions: ['origin', 'origin'] })).toHaveLength(1);
    const [hour, day] = SPEC.tiers;
    expect(problemsOf({ ...SPEC, tiers: [hour, { ...day, suffix: '24h' }] })).toEqual([
      'tiers[1].suffix is "24h"; it must be "1d"',
    ]);
  });

  it('must have the shape', () => {
    expect(problemsOf(undefined)).toHaveLength(1);
    expect(problemsOf({ ...SPEC, extra: 1 })).toEqual([expect.stringContaining('extra')]);
    expect(problemsOf({ ...SPEC, refresh: { schedule: 5, lag: '1 minute' } })).toEqual([
      expect.stringMatching(/^definition\.refresh\.schedule: /),
    ]);
  });

  it('is not judged where it is not known yet', () => {
    expect(checkDefinition(UNKNOWN)).toEqual({ definition: null, problems: [] });
    expect(checkDefinition({ ...SPEC, source: UNKNOWN })).toEqual({ definition: null, problems: [] });
    expect(checkDefinition({ ...SPEC, source: UNKNOWN, extra: 1 }).problems).toHaveLength(1);
  });
});
