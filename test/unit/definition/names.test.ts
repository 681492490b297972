import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choices, pathText, show } from '../../../infra/definition/errors';
import { byteLength, identifierProblem, parseTableName } from '../../../infra/definition/identifier';
import { parseDefinitions } from '../../../infra/definition/parse';
import { readSchedule } from '../../../infra/definition/schedule';
import { didYouMean } from '../../../infra/definition/suggest';
import { quoteName } from '../../../infra/model/names';

describe('identifiers', () => {
  test.each([
    'a',
    'A b',
    'x"y',
    "x'y",
    'größe',
    '数量',
    '🚀',
    '€'.repeat(21),
    'x; drop table y; --',
    'a.b',
    '$1',
    '%I',
  ])('%j is legal, to be quoted', (name) => {
    expect(identifierProblem(name)).toBeNull();
  });

  test.each([
    ['', 'is empty'],
    ['x'.repeat(64), 'has 64 bytes'],
    [`${'€'.repeat(21)}x`, 'has 64 bytes'],
    ['a\u0000b', 'holds a control character'],
    ['a\nb', 'holds a control character'],
    ['a\u2028b', 'holds a control character'],
    ['\ud83d', 'holds half a character'],
  ])('%j %s', (name, problem) => {
    expect(identifierProblem(name)).toBe(problem);
  });

  test('that try SQL injection come through unchanged, as names', () => {
    const evil = 'x"; drop table users; --';
    const text = `apiVersion: tidemark/v1
name: evil
source: { table: 'raw."x""; drop table users; --"', time: ${JSON.stringify(evil)} }
dimensions: ["' or 1=1 --", "$$; select 1; $$"]
measures: { 'y"); delete from z; --': [count] }
tiers: [{ every: 1 hour }]
`;
    const { definitions, errors } = parseDefinitions(text, 'evil.yaml');
    expect(errors).toEqual([]);
    const definition = definitions[0]?.definition;
    expect(definition?.source.table).toEqual({ schema: 'raw', table: evil });
    expect(definition?.source.time).toBe(evil);
    expect(definition?.dimensions).toEqual(["' or 1=1 --", '$$; select 1; $$']);
    expect(definition?.measures[0]?.column).toBe('y"); delete from z; --');
  });
});

describe('table names', () => {
  test.each([
    ['raw.flights', 'raw', 'flights'],
    ['RAW.Flights', 'raw', 'flights'],
    ['raw."My.Table"', 'raw', 'My.Table'],
    ['"Odd ""one"""."t"', 'Odd "one"', 't'],
    ['raw.Größe_$1', 'raw', 'größe_$1'],
    ['raw.ÄPFEL', 'raw', 'Äpfel'],
    ['_a._b', '_a', '_b'],
  ])('%s', (text, schema, table) => {
    expect(parseTableName(text)).toEqual({ schema, table });
  });

  test.each([
    '',
    'a',
    'a.',
    '.a',
    'a.b.c',
    'a.b.',
    'a..b',
    '1a.b',
    'a b.c',
    'a."b',
    'a.""',
    'a."b"c',
    'a.b;',
    "a.'b'",
    'a .b',
  ])('refuse %j', (text) => {
    expect(parseTableName(text)).toBeNull();
  });

  test('are read back from their quoted form', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => identifierProblem(text) === null);
    fc.assert(
      fc.property(name, name, (schema, table) => {
        expect(parseTableName(quoteName({ schema, table }))).toEqual({ schema, table });
        expect(byteLength(schema)).toBeLessThanOrEqual(63);
      }),
    );
  });
});

describe('schedules', () => {
  test.each([
    ['* * * * *', '* * * * *'],
    [' */5  1-3,5 * jan-mar mon-fri ', '*/5 1-3,5 * jan-mar mon-fri'],
    ['0 0 29 2 *', '0 0 29 2 *'],
    ['0 0 * * 7', '0 0 * * 7'],
    ['30 seconds', '30 seconds'],
    ['1 second', '1 seconds'],
  ])('%j is %j', (text, schedule) => {
    expect(readSchedule(text)).toBe(schedule);
  });

  test.each([
    ...[
      '',
      '* * * *',
      '* * * * * *',
      '@reboot',
      '@hourly',
      '60 * * * *',
      '5/10 * * * *',
      '0 0 L * *',
      '0 0 * * 1#2',
    ],
    ...[
      '0 22-4 * * *',
      '*/0 * * * *',
      '0 0 31 2 *',
      '0 seconds',
      '60 seconds',
      '1 minute',
      'a b c d e',
      "* * * * *'",
    ],
    ...['? * * * *', '1,,2 * * * *', '* * * * 8', '* * * foo *'],
  ])('refuse %j', (text) => {
    expect(readSchedule(text)).toBeNull();
  });
});

describe('messages', () => {
  test('show values without letting them act', () => {
    expect(show('a\n\u001b[31m\u009b\u2028')).toBe('"a\\n\\u001b[31m\\u009b\\u2028"');
    expect(show('x'.repeat(100))).toBe(`"${'x'.repeat(80)}…"`);
    expect([undefined, null, [], [1], {}, { a: 1 }, 5, true].map(show)).toEqual([
      ...['missing', 'empty', 'an empty list', 'a list of 1', 'an empty map', 'a map', '5', 'true'],
    ]);
  });

  test('name paths and choices', () => {
    expect(pathText(['measures', 'odd "name"', 2])).toBe('measures["odd \\"name\\""][2]');
    expect(pathText(['tiers', 0, 'every'])).toBe('tiers[0].every');
    expect([choices([]), choices(['a']), choices(['a', 'b']), choices(['a', 'b', 'c'], 'and')]).toEqual([
      ...['', 'a', 'a or b', 'a, b and c'],
    ]);
  });

  test('suggest the nearest word only when it is near', () => {
    expect(didYouMean('retenton', ['every', 'retention'])).toBe(' (did you mean "retention"?)');
    expect(didYouMean('Tiers', ['tiers'])).toBe(' (did you mean "tiers"?)');
    expect(didYouMean('whatever', ['every', 'retention'])).toBe('');
    expect(didYouMean('x'.repeat(1000), ['every'])).toBe('');
  });
});
