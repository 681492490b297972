import { ANY_AGGREGATE } from './aggregates';
import type { BadCase } from './base';

export const MEASURES: readonly BadCase[] = [
  {
    title: 'no measures',
    change: [['  price: [count, sum]\n', '  {}\n']],
    errors: [
      {
        line: 14,
        column: 3,
        path: 'measures',
        message:
          'measures is an empty map; it must be a map with at least one measure, such as { "*": [count] }',
      },
    ],
  },
  {
    title: 'a measure that is not a list',
    change: [['[count, sum]', 'count']],
    errors: [
      {
        line: 14,
        column: 10,
        path: 'measures.price',
        message: 'measures.price is "count"; it must be a list of aggregates, such as [count, sum]',
      },
    ],
  },
  {
    title: 'an empty list of aggregates',
    change: [['[count, sum]', '[]']],
    errors: [
      {
        line: 14,
        column: 10,
        path: 'measures.price',
        message: 'measures.price is an empty list; it must be a list of aggregates, such as [count, sum]',
      },
    ],
  },
  {
    title: 'an unknown aggregate',
    change: [['[count, sum]', '[count, summ]']],
    errors: [
      {
        line: 14,
        column: 18,
        path: 'measures.price[1]',
        message: `measures.price[1] is "summ" (did you mean "sum"?); it must be one of ${ANY_AGGREGATE}`,
      },
    ],
  },
  {
    title: 'a percentile',
    change: [['[count, sum]', '[p95]']],
    errors: [
      {
        line: 14,
        column: 11,
        path: 'measures.price[0]',
        message: `measures.price[0]: "p95" is planned but not in this version; use one of ${ANY_AGGREGATE}`,
      },
    ],
  },
  {
    title: 'a histogram',
    change: [['[count, sum]', '[{ histogram: { bounds: [1, 2] } }]']],
    errors: [
      {
        line: 14,
        column: 11,
        path: 'measures.price[0]',
        message: `measures.price[0]: "histogram" is planned but not in this version; use one of ${ANY_AGGREGATE}`,
      },
    ],
  },
  {
    title: 'a planned aggregate',
    change: [['[count, sum]', '[distinct]']],
    errors: [
      {
        line: 14,
        column: 11,
        path: 'measures.price[0]',
        message: `measures.price[0]: "distinct" is planned but not in this version; use one of ${ANY_AGGREGATE}`,
      },
    ],
  },
  {
    title: 'an aggregate twice',
    change: [['[count, sum]', '[count, sum, count]']],
    errors: [
      {
        line: 14,
        column: 23,
        path: 'measures.price[2]',
        message: 'measures.price[2] is "count", which the list has already; each must be given once',
      },
    ],
  },
  {
    title: 'rows summed',
    change: [['  price: [count, sum]', '  "*": [count, sum]']],
    errors: [
      {
        line: 14,
        column: 16,
        path: 'measures["*"][1]',
        message: 'measures["*"][1] is "sum"; it must be count, the only aggregate of whole rows',
      },
    ],
  },
  {
    title: 'a measure outside the columns',
    change: [['  price: [count, sum]', '  prise: [count, sum]']],
    errors: [
      {
        line: 14,
        column: 3,
        path: 'measures.prise',
        message:
          'measure "prise" is not among source.columns; it must be one of "at", "shop", "price" or "paid"',
      },
    ],
  },
  {
    title: 'a measure too long for its state',
    change: [
      ['  price: [count, sum]', '  mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm: [count]'],
      ['    paid: boolean', '    mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm: boolean'],
    ],
    errors: [
      {
        line: 14,
        column: 3,
        path: 'measures.mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm',
        message:
          'measure "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm", which has 54 bytes, is not a column name for measures; it must be 1 to 53 bytes of UTF-8 without control characters',
      },
    ],
  },
  {
    title: 'the time as measure',
    change: [['  price: [count, sum]', '  at: [max]']],
    errors: [
      {
        line: 14,
        column: 3,
        path: 'measures.at',
        message: 'measure "at" is source.time; it must be another column',
      },
    ],
  },
  {
    title: 'an aggregate the type does not have',
    change: [['  price: [count, sum]', '  paid: [sum]']],
    errors: [
      {
        line: 14,
        column: 10,
        path: 'measures.paid[0]',
        message:
          'measures.paid[0] is "sum", which a column of type boolean does not have; it must be count, first, last, bool_and or bool_or',
      },
    ],
  },
  {
    title: 'two gold columns of one name',
    change: [
      ['  price: [count, sum]', '  "*": [count]\n  row: [count]'],
      ['    shop: text', '    shop: text\n    row: text'],
    ],
    errors: [
      {
        line: 16,
        column: 9,
        path: 'measures.row[0]',
        message:
          'measures.row[0] is "count", whose gold column "row_count" is already the name of count of "*"; each gold column must have a name of its own',
      },
    ],
  },
  {
    title: 'a gold column named like a dimension',
    change: [
      ['[shop]', '[price_sum]'],
      ['    shop: text', '    price_sum: text'],
    ],
    errors: [
      {
        line: 14,
        column: 18,
        path: 'measures.price[1]',
        message:
          'measures.price[1] is "sum", whose gold column "price_sum" is already the name of a dimension; each gold column must have a name of its own',
      },
    ],
  },
  {
    title: 'a measure named like a property of every object',
    change: [['  price: [count, sum]', '  toString: [count]']],
    errors: [
      {
        line: 14,
        column: 3,
        path: 'measures.toString',
        message:
          'measure "toString" is not among source.columns; it must be one of "at", "shop", "price" or "paid"',
      },
    ],
  },
];
