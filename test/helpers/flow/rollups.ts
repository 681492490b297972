import { aggregatesOf } from '../../../infra/model/aggregates/registry';
import type { RollupDefinition, TierDefinition } from '../../../infra/model/definition';

const tier = (every: string, suffix: string): TierDefinition => ({
  every,
  suffix,
  timeZone: null,
  retention: null,
});

/** The partitioned source of the exactness tests: a mixed-case name, quotes in a column, NULLs, every kind of measure. */
export const SOURCE = { schema: 'raw', table: 'Flow Events' } as const;
export const SOURCE_SQL = 'raw."Flow Events"';

const base = {
  source: { table: SOURCE, time: 'At', columns: null, partition: null, capture: 'statements' },
  onDelete: 'retain',
} as const;

/** Two dimensions, all aggregates, half-second buckets, no lag: hardest on the horizon. */
export const SERIES: RollupDefinition = {
  ...base,
  name: 'series',
  dimensions: ['k', 'Odd "Name'],
  measures: [
    { column: '*', aggregates: ['count'] },
    { column: 'i', aggregates: aggregatesOf('integer') },
    { column: 'n', aggregates: aggregatesOf('numeric') },
    { column: 'f', aggregates: aggregatesOf('float') },
    { column: 'b', aggregates: aggregatesOf('boolean') },
    { column: 't', aggregates: aggregatesOf('text') },
  ],
  tiers: [tier('500 milliseconds', '500ms'), tier('5 seconds', '5s'), tier('1 minute', '1m')],
  refresh: { schedule: '* * * * *', lag: '0 seconds' },
};

/** No dimensions, a lag of a second. */
export const TOTAL: RollupDefinition = {
  ...base,
  name: 'total',
  dimensions: [],
  measures: [
    { column: '*', aggregates: ['count'] },
    { column: 'n', aggregates: ['sum', 'avg', 'min', 'max', 'variance'] },
    { column: 'f', aggregates: ['avg', 'stddev'] },
    { column: 't', aggregates: ['first', 'last'] },
  ],
  tiers: [tier('1 second', '1s'), tier('10 seconds', '10s'), tier('1 minute', '1m')],
  refresh: { schedule: '* * * * *', lag: '1 second' },
};
