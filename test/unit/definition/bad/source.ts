import type { BadCase } from './base';

export const SOURCE: readonly BadCase[] = [
  {
    title: 'an unknown column type',
    change: [['    shop: text', '    shop: varchar(10)']],
    errors: [
      {
        line: 8,
        column: 11,
        path: 'source.columns.shop',
        message:
          'source.columns.shop is "varchar(10)"; it must be smallint, integer, bigint, numeric, real, double precision, boolean, text, uuid, date, ltree, timestamptz or jsonb, with "not null" after it where NULL is not allowed',
      },
    ],
  },
  {
    title: 'a nullable time column',
    change: [['timestamptz not null', 'timestamptz']],
    errors: [
      {
        line: 7,
        column: 9,
        path: 'source.columns.at',
        message:
          'source.columns.at is "timestamptz"; it must be "timestamptz not null", because every row needs its place in time',
      },
    ],
  },
  {
    title: 'a time column of another type',
    change: [['timestamptz not null', 'timestamp']],
    errors: [
      {
        line: 7,
        column: 9,
        path: 'source.columns.at',
        message:
          'source.columns.at is "timestamp"; it must be smallint, integer, bigint, numeric, real, double precision, boolean, text, uuid, date, ltree, timestamptz or jsonb, with "not null" after it where NULL is not allowed',
      },
    ],
  },
  {
    title: 'no time column',
    change: [['    at: timestamptz not null\n', '']],
    errors: [
      {
        line: 5,
        column: 9,
        path: 'source.time',
        message:
          'source.time is "at", which is not among source.columns; it must be one of "shop", "price" or "paid"',
      },
    ],
  },
  {
    title: 'an unknown capture',
    change: [['  time: at', '  time: at\n  capture: row']],
    errors: [
      {
        line: 6,
        column: 12,
        path: 'source.capture',
        message: 'source.capture is "row"; it must be statements or rows',
      },
    ],
  },
  {
    title: 'partitions pg_partman would not align',
    change: [['every: 1 month,', 'every: 5 days,']],
    errors: [
      {
        line: 11,
        column: 23,
        path: 'source.partition.every',
        message:
          'source.partition.every is "5 days"; it must be 1 hour, 1 day, 1 week, 1 month, 3 months or 1 year',
      },
    ],
  },
  {
    title: 'a source retention shorter than the coarsest tier needs',
    change: [['retention: 2 years', 'retention: 36 hours']],
    errors: [
      {
        line: 11,
        column: 43,
        path: 'source.partition.retention',
        message:
          'source.partition.retention is "36 hours"; it must be at least 2 days, twice the 1 day of the coarsest tier, so that no open bucket loses rows',
      },
    ],
  },
];
