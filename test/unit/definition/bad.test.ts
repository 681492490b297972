import { describe, expect, test } from 'vitest';
import { parseDefinitions } from '../../../infra/definition/parse';
import { BASE, change } from './bad/base';
import { MEASURES } from './bad/measures';
import { NAMES } from './bad/names';
import { SHAPE } from './bad/shape';
import { SOURCE } from './bad/source';
import { TIERS } from './bad/tiers';

const CASES = [...SHAPE, ...NAMES, ...SOURCE, ...MEASURES, ...TIERS];

describe('a bad definition', () => {
  test('is made from a good one', () => {
    const { definitions, errors } = parseDefinitions(BASE, 'a.yaml');
    expect(errors).toEqual([]);
    expect(definitions.map(({ definition }) => definition?.name)).toEqual(['sales']);
  });

  test('is tried in many ways, each once', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(100);
    expect(new Set(CASES.map(({ title }) => title)).size).toBe(CASES.length);
  });

  test.each(CASES)(
    'with $title: exact message, file, line and column',
    ({ text, change: changes, errors }) => {
      const parsed = parseDefinitions(text ?? change(changes ?? []), 'rollups/a.yaml');
      expect(parsed.errors).toEqual(errors.map((error) => ({ file: 'rollups/a.yaml', ...error })));
    },
  );

  test.each(CASES)('with $title: one sentence of one line', ({ errors }) => {
    for (const { message } of errors) {
      expect(message).not.toMatch(/[\p{Cc}\p{Surrogate}]/u);
      expect(message.endsWith('.')).toBe(false);
    }
  });
});
