import type { BadCase } from './base';

export const NAMES: readonly BadCase[] = [
  {
    title: 'a name in upper case',
    change: [['name: sales', 'name: Sales']],
    errors: [
      {
        line: 2,
        column: 7,
        path: 'name',
        message:
          'name is "Sales"; it must be a lower-case letter followed by lower-case letters, digits and underscores',
      },
    ],
  },
  {
    title: 'a name that is a number',
    change: [['name: sales', 'name: 2024']],
    errors: [
      {
        line: 2,
        column: 7,
        path: 'name',
        message:
          'name is 2024; it must be a lower-case letter followed by lower-case letters, digits and underscores',
      },
    ],
  },
  {
    title: 'a name that tries SQL',
    change: [['name: sales', 'name: "sales; drop table users"']],
    errors: [
      {
        line: 2,
        column: 7,
        path: 'name',
        message:
          'name is "sales; drop table users"; it must be a lower-case letter followed by lower-case letters, digits and underscores',
      },
    ],
  },
  {
    title: 'a name too long for its tables',
    change: [['name: sales', 'name: sssssssssssssssssssssssssssssssssssssssssssssssssssss']],
    errors: [
      {
        line: 16,
        column: 12,
        path: 'tiers[0].every',
        message:
          'tiers[0].every is "1 hour", whose table name "sssssssssssssssssssssssssssssssssssssssssssssssssssss_1h" has 56 bytes; it must have at most 55, so shorten the rollup\'s name',
      },
      {
        line: 18,
        column: 12,
        path: 'tiers[1].every',
        message:
          'tiers[1].every is "1 day", whose table name "sssssssssssssssssssssssssssssssssssssssssssssssssssss_1d" has 56 bytes; it must have at most 55, so shorten the rollup\'s name',
      },
    ],
  },
  {
    title: 'a table without schema',
    change: [['raw.sales', 'sales']],
    errors: [
      {
        line: 4,
        column: 10,
        path: 'source.table',
        message:
          'source.table is "sales"; it must be written schema.table, such as raw.flights, with "double quotes" around a part of other characters or upper case, each part of at most 63 bytes',
      },
    ],
  },
  {
    title: 'a table with a database',
    change: [['raw.sales', 'db.raw.sales']],
    errors: [
      {
        line: 4,
        column: 10,
        path: 'source.table',
        message:
          'source.table is "db.raw.sales"; it must be written schema.table, such as raw.flights, with "double quotes" around a part of other characters or upper case, each part of at most 63 bytes',
      },
    ],
  },
  {
    title: 'a table name that needs quotes',
    change: [['raw.sales', 'raw.my sales']],
    errors: [
      {
        line: 4,
        column: 10,
        path: 'source.table',
        message:
          'source.table is "raw.my sales"; it must be written schema.table, such as raw.flights, with "double quotes" around a part of other characters or upper case, each part of at most 63 bytes',
      },
    ],
  },
  {
    title: 'a schema of Tidemark',
    change: [['raw.sales', 'Gold.sales']],
    errors: [
      {
        line: 4,
        column: 10,
        path: 'source.table',
        message:
          'source.table is "Gold.sales"; it must be in a schema of yours, such as raw, because "gold" belongs to Tidemark, an extension or PostgreSQL',
      },
    ],
  },
  {
    title: 'a schema of PostgreSQL',
    change: [['raw.sales', 'pg_catalog.pg_class']],
    errors: [
      {
        line: 4,
        column: 10,
        path: 'source.table',
        message:
          'source.table is "pg_catalog.pg_class"; it must be in a schema of yours, such as raw, because "pg_catalog" belongs to Tidemark, an extension or PostgreSQL',
      },
    ],
  },
  {
    title: 'an identifier over 63 bytes',
    change: [['[shop]', '[cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc]']],
    errors: [
      {
        line: 12,
        column: 14,
        path: 'dimensions[0]',
        message:
          'dimensions[0] is "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"; it must be a column name of 1 to 63 bytes of UTF-8 without control characters, and this one has 64',
      },
    ],
  },
  {
    title: 'an identifier over 63 bytes, under 63 characters',
    change: [['[shop]', '["€€€€€€€€€€€€€€€€€€€€€€"]']],
    errors: [
      {
        line: 12,
        column: 14,
        path: 'dimensions[0]',
        message:
          'dimensions[0] is "€€€€€€€€€€€€€€€€€€€€€€"; it must be a column name of 1 to 63 bytes of UTF-8 without control characters, and this one has 66',
      },
    ],
  },
  {
    title: 'an identifier with NUL',
    change: [['[shop]', '["a\\0b"]']],
    errors: [
      {
        line: 12,
        column: 14,
        path: 'dimensions[0]',
        message:
          'dimensions[0] is "a\\u0000b"; it must be a column name of 1 to 63 bytes of UTF-8 without control characters',
      },
    ],
  },
  {
    title: 'an identifier with half a character',
    change: [['time: at', 'time: "\\ud800"']],
    errors: [
      {
        line: 5,
        column: 9,
        path: 'source.time',
        message:
          'source.time is "\\ud800"; it must be the name of a timestamptz column, of 1 to 63 bytes of UTF-8 without control characters',
      },
    ],
  },
  {
    title: 'a dimension that is not text',
    change: [['[shop]', '[shop, 5]']],
    errors: [
      {
        line: 12,
        column: 20,
        path: 'dimensions[1]',
        message:
          'dimensions[1] is 5; it must be a column name of 1 to 63 bytes of UTF-8 without control characters',
      },
    ],
  },
  {
    title: 'a dimension twice',
    change: [['[shop]', '[shop, shop]']],
    errors: [
      {
        line: 12,
        column: 20,
        path: 'dimensions[1]',
        message: 'dimensions[1] is "shop", which dimensions[0] is too; each must be given once',
      },
    ],
  },
  {
    title: 'the time as dimension',
    change: [['[shop]', '[at]']],
    errors: [
      {
        line: 12,
        column: 14,
        path: 'dimensions[0]',
        message:
          'dimensions[0] is "at"; it must be another column than source.time, which the buckets stand for',
      },
    ],
  },
  {
    title: 'a dimension named bucket',
    change: [
      ['[shop]', '[bucket]'],
      ['    shop: text', '    bucket: text'],
    ],
    errors: [
      {
        line: 12,
        column: 14,
        path: 'dimensions[0]',
        message:
          'dimensions[0] is "bucket"; it must be another name, because the tiers have a column "bucket" of their own',
      },
    ],
  },
  {
    title: 'a dimension named like a column of the log of late rows',
    change: [
      ['[shop]', '[row_count]'],
      ['    shop: text', '    row_count: text'],
    ],
    errors: [
      {
        line: 12,
        column: 14,
        path: 'dimensions[0]',
        message:
          'dimensions[0] is "row_count"; it must be another name, because the log of late rows has a column "row_count" of its own',
      },
    ],
  },
  {
    title: 'a dimension named like state',
    change: [
      ['[shop]', '[price__n]'],
      ['    shop: text', '    price__n: text'],
    ],
    errors: [
      {
        line: 12,
        column: 14,
        path: 'dimensions[0]',
        message:
          'dimensions[0] is "price__n"; it must be a name that does not start with "__" or with a measure and "__", as state does',
      },
    ],
  },
  {
    title: 'a dimension outside the columns',
    change: [['[shop]', '[shop, region]']],
    errors: [
      {
        line: 12,
        column: 20,
        path: 'dimensions[1]',
        message:
          'dimensions[1] is "region", which is not among source.columns; it must be one of "at", "shop", "price" or "paid"',
      },
    ],
  },
  {
    title: 'a dimension of a type that cannot be one',
    change: [['    shop: text', '    shop: jsonb']],
    errors: [
      {
        line: 12,
        column: 14,
        path: 'dimensions[0]',
        message:
          'dimensions[0] is "shop", a column of type jsonb; a dimension must be smallint, integer, bigint, numeric, real, double precision, boolean, text, uuid, date or ltree',
      },
    ],
  },
  {
    title: 'too many dimensions',
    change: [
      [
        '[shop]',
        '[d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15, d16, d17, d18, d19, d20, d21, d22, d23, d24, d25, d26, d27, d28, d29, d30, d31]',
      ],
    ],
    errors: [
      {
        line: 12,
        column: 13,
        path: 'dimensions',
        message: 'dimensions is a list of 32; it must be a list of at most 31 column names',
      },
    ],
  },
  {
    title: 'a dimension named like a property of every object',
    change: [['[shop]', '[constructor]']],
    errors: [
      {
        line: 12,
        column: 14,
        path: 'dimensions[0]',
        message:
          'dimensions[0] is "constructor", which is not among source.columns; it must be one of "at", "shop", "price" or "paid"',
      },
    ],
  },
  {
    title: 'a table name with a quote left open',
    change: [['raw.sales', "'raw.\"sales'"]],
    errors: [
      {
        line: 4,
        column: 10,
        path: 'source.table',
        message:
          'source.table is "raw.\\"sales"; it must be written schema.table, such as raw.flights, with "double quotes" around a part of other characters or upper case, each part of at most 63 bytes',
      },
    ],
  },
  {
    title: 'a table whose name is too long',
    change: [['raw.sales', 'raw.cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc']],
    errors: [
      {
        line: 4,
        column: 10,
        path: 'source.table',
        message:
          'source.table is "raw.cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"; it must be written schema.table, such as raw.flights, with "double quotes" around a part of other characters or upper case, each part of at most 63 bytes',
      },
    ],
  },
];
