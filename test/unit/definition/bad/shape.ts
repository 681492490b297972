import { ANY_AGGREGATE } from './aggregates';
import type { BadCase } from './base';

export const SHAPE: readonly BadCase[] = [
  {
    title: 'not a map',
    text: '- a\n- b\n',
    errors: [
      {
        line: 1,
        column: 1,
        path: '',
        message: 'the definition is a list of 2; it must be a map that starts with apiVersion: tidemark/v1',
      },
    ],
  },
  {
    title: 'empty file',
    text: '# nothing\n',
    errors: [
      {
        line: 1,
        column: 1,
        path: '',
        message: 'the file is empty; it must contain a definition: apiVersion: tidemark/v1, name, …',
      },
    ],
  },
  {
    title: 'a YAML syntax error',
    change: [['dimensions: [shop]', 'dimensions: [shop']],
    errors: [
      {
        line: 13,
        column: 1,
        path: '',
        message:
          'not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      },
    ],
  },
  {
    title: 'a tab as indentation',
    change: [['  time: at', '\ttime: at']],
    errors: [
      { line: 5, column: 1, path: '', message: 'not valid YAML: Tabs are not allowed as indentation' },
    ],
  },
  {
    title: 'an unknown tag',
    change: [['[shop]', '!set [shop]']],
    errors: [{ line: 12, column: 13, path: '', message: 'not valid YAML: Unresolved tag: !set' }],
  },
  {
    title: 'a duplicate key',
    change: [['onDelete: retain', 'name: other']],
    errors: [
      {
        line: 21,
        column: 1,
        path: '',
        message: 'key "name" is given twice, first in line 2; each key is allowed once',
      },
    ],
  },
  {
    title: 'a duplicate key inside',
    change: [['  time: at\n', '  time: at\n  time: at2\n']],
    errors: [
      {
        line: 6,
        column: 3,
        path: '',
        message: 'key "time" is given twice in source, first in line 5; each key is allowed once',
      },
    ],
  },
  {
    title: 'a key JavaScript would lose',
    change: [['  price: [count, sum]', '  __proto__: [count]\n  price: [count, sum]']],
    errors: [{ line: 14, column: 3, path: '', message: 'key "__proto__" is not allowed in measures' }],
  },
  {
    title: 'a schedule without quotes',
    change: [['"*/5 * * * *"', '*/5 * * * *']],
    errors: [
      {
        line: 20,
        column: 22,
        path: '',
        message: 'a text that starts with "*" must be in quotes: "*/5 * * * *"',
      },
    ],
  },
  {
    title: 'a schedule of every minute without quotes',
    change: [
      [
        'refresh: { schedule: "*/5 * * * *", lag: 1 minute }',
        'refresh:\n  schedule: * * * * * # often\n  lag: 1 minute',
      ],
    ],
    errors: [
      {
        line: 21,
        column: 13,
        path: '',
        message: 'a text that starts with "*" must be in quotes: "* * * * *"',
      },
    ],
  },
  {
    title: 'a count of rows without quotes',
    change: [['  price: [count, sum]', '  *: [count]']],
    errors: [
      { line: 14, column: 3, path: '', message: 'a text that starts with "*" must be in quotes: "*":' },
    ],
  },
  {
    title: 'a count of rows without quotes, in braces',
    change: [['measures:\n  price: [count, sum]', 'measures: { *: [count] }']],
    errors: [
      { line: 13, column: 13, path: '', message: 'a text that starts with "*" must be in quotes: "*":' },
    ],
  },
  {
    title: 'a name that starts with @, without quotes',
    change: [['[shop]', '[@shop]']],
    errors: [
      { line: 12, column: 14, path: '', message: 'a text that starts with "@" must be in quotes: "@shop"' },
    ],
  },
  {
    title: 'an alias bomb',
    text: 'a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]\n',
    errors: [
      {
        line: 2,
        column: 8,
        path: '',
        message: 'aliases expand to more than 100 copies or into themselves; write the values out',
      },
    ],
  },
  {
    title: 'an alias of itself',
    change: [['[shop]', '&d [*d]']],
    errors: [
      {
        line: 12,
        column: 17,
        path: 'dimensions[0]',
        message:
          'dimensions[0] is a list of 1; it must be a column name of 1 to 63 bytes of UTF-8 without control characters',
      },
    ],
  },
  {
    title: 'wrong version',
    change: [['tidemark/v1', 'tidemark/v2']],
    errors: [
      {
        line: 1,
        column: 13,
        path: 'apiVersion',
        message: 'apiVersion is "tidemark/v2"; it must be "tidemark/v1"',
      },
    ],
  },
  {
    title: 'no version',
    change: [['apiVersion: tidemark/v1\n', '']],
    errors: [
      { line: 1, column: 1, path: 'apiVersion', message: 'apiVersion is missing; it must be "tidemark/v1"' },
    ],
  },
  {
    title: 'an unknown key',
    change: [['onDelete: retain', 'onDelet: retain']],
    errors: [
      {
        line: 21,
        column: 1,
        path: 'onDelet',
        message:
          '"onDelet" is not a key of a definition (did you mean "onDelete"?); allowed are apiVersion, name, source, dimensions, measures, tiers, refresh and onDelete',
      },
    ],
  },
  {
    title: 'an unknown key of a tier',
    change: [['    retention: 90 days', '    retenton: 90 days']],
    errors: [
      {
        line: 17,
        column: 5,
        path: 'tiers[0].retenton',
        message:
          '"retenton" is not a key of tiers[0] (did you mean "retention"?); allowed are every, timeZone and retention',
      },
    ],
  },
  {
    title: 'a planned key',
    change: [['onDelete: retain', 'allow: [data-loss]']],
    errors: [
      {
        line: 21,
        column: 1,
        path: 'allow',
        message:
          'allow: "allow" is planned but not in this version; use one of apiVersion, name, source, dimensions, measures, tiers, refresh or onDelete',
      },
    ],
  },
  {
    title: 'a planned key of a tier',
    change: [['    retention: 90 days', '    archive: true']],
    errors: [
      {
        line: 17,
        column: 5,
        path: 'tiers[0].archive',
        message:
          'tiers[0].archive: "archive" is planned but not in this version; use one of every, timeZone or retention',
      },
    ],
  },
  {
    title: 'a missing section',
    change: [
      [
        'tiers:\n  - every: 1 hour\n    retention: 90 days\n  - every: 1 day\n    timeZone: America/New_York\n',
        '',
      ],
    ],
    errors: [
      {
        line: 1,
        column: 1,
        path: 'tiers',
        message: 'tiers is missing; it must be a list of at least one tier, such as [{ every: 1 hour }]',
      },
    ],
  },
  {
    title: 'a missing key',
    change: [['  time: at\n', '']],
    errors: [
      {
        line: 4,
        column: 3,
        path: 'source.time',
        message:
          'source.time is missing; it must be the name of a timestamptz column, of 1 to 63 bytes of UTF-8 without control characters',
      },
    ],
  },
  {
    title: 'a key without a value',
    change: [['time: at', 'time:']],
    errors: [
      {
        line: 5,
        column: 3,
        path: 'source.time',
        message:
          'source.time is empty; it must be the name of a timestamptz column, of 1 to 63 bytes of UTF-8 without control characters',
      },
    ],
  },
  {
    title: 'an unknown key named like a property of every object',
    change: [['onDelete: retain', 'constructor: 1']],
    errors: [
      {
        line: 21,
        column: 1,
        path: 'constructor',
        message:
          '"constructor" is not a key of a definition; allowed are apiVersion, name, source, dimensions, measures, tiers, refresh and onDelete',
      },
    ],
  },
  {
    title: 'a key that is no text',
    change: [['onDelete: retain', '[a]: 1']],
    errors: [{ line: 21, column: 1, path: '', message: 'a key is not text; every key must be' }],
  },
  {
    title: 'several mistakes at once',
    change: [
      ['name: sales', 'name: Sales'],
      ['    retention: 90 days', '    retention: 1 minute'],
      ['[count, sum]', '[count, p50]'],
      ['onDelete: retain', 'ondelete: retain'],
    ],
    errors: [
      {
        line: 2,
        column: 7,
        path: 'name',
        message:
          'name is "Sales"; it must be a lower-case letter followed by lower-case letters, digits and underscores',
      },
      {
        line: 14,
        column: 18,
        path: 'measures.price[1]',
        message: `measures.price[1]: "p50" is planned but not in this version; use one of ${ANY_AGGREGATE}`,
      },
      {
        line: 17,
        column: 16,
        path: 'tiers[0].retention',
        message: 'tiers[0].retention is "1 minute"; it must be longer than the 1 hour of one bucket',
      },
      {
        line: 21,
        column: 1,
        path: 'ondelete',
        message:
          '"ondelete" is not a key of a definition (did you mean "onDelete"?); allowed are apiVersion, name, source, dimensions, measures, tiers, refresh and onDelete',
      },
    ],
  },
  {
    title: 'a mistake in the second document',
    change: [['onDelete: retain\n', 'onDelete: retain\n---\napiVersion: tidemark/v1\nname: 1\n']],
    errors: [
      {
        line: 23,
        column: 1,
        path: 'measures',
        message: 'measures is missing; it must be a map of column names to lists of aggregates',
      },
      {
        line: 23,
        column: 1,
        path: 'source',
        message:
          'source is missing; it must be a map with the keys table and time and, optionally, columns, partition and capture',
      },
      {
        line: 23,
        column: 1,
        path: 'tiers',
        message: 'tiers is missing; it must be a list of at least one tier, such as [{ every: 1 hour }]',
      },
      {
        line: 24,
        column: 7,
        path: 'name',
        message:
          'name is 1; it must be a lower-case letter followed by lower-case letters, digits and underscores',
      },
    ],
  },
];
