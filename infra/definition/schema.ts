/** The shape of a definition file. The descriptions become those of the JSON Schema that editors show. */
import { z } from 'zod';
import { AGGREGATES, wordsOf } from '../model/aggregates/registry';
import { aggregateMessage } from './aggregate';
import { mustBe } from './errors';
import {
  column,
  columnType,
  intervalText,
  must,
  oneOf,
  rollupName,
  schedule,
  tableName,
  timeZone,
} from './fields';

const retention = () =>
  intervalText({
    allowed: 'forever or an interval, such as "90 days"',
    examples: ['forever', '90 days', '2 years'],
    word: 'forever',
  }).default('forever');

/** Partition lengths that pg_partman 4 and 5 both align to the calendar. */
export const PARTITION_EVERY = ['1 hour', '1 day', '1 week', '1 month', '3 months', '1 year'] as const;

const Partition = z
  .strictObject(
    {
      every: intervalText({
        allowed: 'the length of one partition, such as "1 month"',
        examples: PARTITION_EVERY,
      }).describe('Length of one partition: 1 hour, 1 day, 1 week, 1 month, 3 months or 1 year.'),
      retention: retention().describe(
        'How long source partitions are kept before pg_partman drops them; aggregates are never dropped with them.',
      ),
    },
    { error: must('a map with the key every and, optionally, retention') },
  )
  .describe('Lets pg_partman manage the source by its time column.');

const Source = z
  .strictObject(
    {
      table: tableName().describe(
        'The table with the rows, as schema.table. It must exist, unless columns are given. Unquoted parts fold to lower case.',
      ),
      time: column('the name of a timestamptz column,').describe(
        'The timestamptz column that places a row in a bucket.',
      ),
      columns: z
        .record(z.string(), columnType(), { error: must('a map of column names to types') })
        .optional()
        .describe('Columns of a table that Tidemark creates: name to type, with "not null" where wanted.'),
      partition: Partition.optional(),
      capture: oneOf(['statements', 'rows'])
        .default('statements')
        .describe(
          'How changes are seen: per statement, or per row for sources that logical replication writes.',
        ),
    },
    { error: must('a map with the keys table and time and, optionally, columns, partition and capture') },
  )
  .describe('Where the rows come from.');

const Aggregate = z
  .enum(AGGREGATES, { error: (issue) => aggregateMessage(issue.path ?? [], issue.input) })
  // Shown by editors beside each name that they propose.
  .meta({ enumDescriptions: AGGREGATES.map(wordsOf) });

const aggregateLists = must('a list of aggregates, such as [count, sum]');

const Measures = z
  .record(
    z.string(),
    z
      .array(Aggregate, { error: aggregateLists })
      .min(1, { error: aggregateLists })
      .describe('Aggregates of this column.'),
    { error: must('a map of column names to lists of aggregates') },
  )
  .describe('What is computed: source column to aggregates; "*": [count] counts rows, as row_count.');

const Tier = z
  .strictObject(
    {
      every: intervalText({
        allowed: 'the length of one bucket, such as "1 hour"',
        examples: ['1 minute', '1 hour', '1 day', '1 month'],
      }).describe('Length of one bucket; a multiple of the length of the tier before it in the list.'),
      timeZone: timeZone()
        .optional()
        .describe(
          'IANA zone whose calendar the buckets follow; for 1 day, 1 week, months and years. Default UTC.',
        ),
      retention: retention().describe('How long the buckets are kept: an interval or forever.'),
    },
    { error: must('a map with the key every and, optionally, timeZone and retention') },
  )
  .describe('One bucket length, stored in silver.<rollup>_<suffix> and read from gold.<rollup>_<suffix>.');

const Refresh = z
  .strictObject(
    {
      schedule: schedule()
        .default('* * * * *')
        .describe(
          'When pg_cron refreshes: five cron fields, or "30 seconds" (1 to 59; pg_cron 1.5 or later).',
        ),
      lag: intervalText({
        allowed: 'from "0 seconds" to "1 day"',
        examples: ['1 minute', '0 seconds'],
        least: '0 seconds',
        most: '1 day',
      })
        .default('1 minute')
        .describe('How long after its end a bucket is materialized; readers never wait for it.'),
    },
    { error: must('a map with, optionally, the keys schedule and lag') },
  )
  .describe('When buckets are materialized.');

/** The most dimensions that fit: an index of PostgreSQL has at most 32 columns, and the bucket is one. */
const MAX_DIMENSIONS = 31;

const dimensionLists = must(`a list of at most ${MAX_DIMENSIONS} column names`);
const tierLists = must('a list of at least one tier, such as [{ every: 1 hour }]');

/** One definition as written, with defaults filled in. */
export const Definition = z.strictObject(
  {
    apiVersion: z
      .literal('tidemark/v1', { error: (issue) => mustBe(issue.path ?? [], issue.input, '"tidemark/v1"') })
      .describe('Version of this format.'),
    name: rollupName().describe(
      'Identity of the rollup, and the first part of the names of its tables and views.',
    ),
    source: Source,
    dimensions: z
      .array(column(), { error: dimensionLists })
      .max(MAX_DIMENSIONS, { error: dimensionLists })
      .default([])
      .describe('Columns whose values make a series; NULL is a value. None: one series.'),
    measures: Measures,
    tiers: z
      .array(Tier, { error: tierLists })
      .min(1, { error: tierLists })
      .describe('The bucket lengths, finest first; each tier is computed from the one before it.'),
    refresh: Refresh.prefault({}),
    onDelete: oneOf(['retain', 'drop'])
      .default('retain')
      .describe('What happens to the tables and views when the definition is deleted.'),
  },
  { error: must('a map that starts with apiVersion: tidemark/v1') },
);
export type Definition = z.infer<typeof Definition>;

/** The sections of a definition that are valid by themselves, for checks between keys. */
export const Sections = Definition.partial();
export type Sections = z.infer<typeof Sections>;
