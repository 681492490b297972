import type { SourceShape } from '../../../infra/model/compiled';
import type { RollupDefinition } from '../../../infra/model/definition';

const plain = (type: string) => ({ type, collation: null });

/** A definition that uses most of what there is: odd names, NULLable dimensions, three tiers, a zone, a retention. */
export const wide: RollupDefinition = {
  name: 'meters',
  source: {
    table: { schema: 'raw', table: 'Meter "x" Readings' },
    time: 'Read At',
    columns: null,
    partition: null,
    capture: 'statements',
  },
  dimensions: ['site', 'Phase "n"'],
  measures: [
    { column: '*', aggregates: ['count'] },
    {
      column: 'kwh',
      aggregates: ['count', 'sum', 'avg', 'min', 'max', 'stddev', 'variance', 'first', 'last'],
    },
    { column: 'watts', aggregates: ['sum', 'avg', 'stddev'] },
    { column: 'pulses', aggregates: ['sum', 'stddev', 'last'] },
    { column: 'ok', aggregates: ['bool_and', 'bool_or', 'last'] },
    { column: 'note', aggregates: ['min', 'max', 'first', 'last'] },
  ],
  tiers: [
    { every: '15 minutes', timeZone: null, retention: '30 days', suffix: '15m' },
    { every: '1 day', timeZone: 'Europe/Berlin', retention: null, suffix: '1d' },
    { every: '1 month', timeZone: 'Europe/Berlin', retention: null, suffix: '1mo' },
  ],
  refresh: { schedule: '* * * * *', lag: '1 minute' },
  onDelete: 'retain',
};

export const wideShape: SourceShape = {
  columns: {
    'Read At': plain('timestamp with time zone'),
    site: plain('integer'),
    'Phase "n"': { type: 'text', collation: 'pg_catalog."de_DE"' },
    kwh: plain('numeric(12,3)'),
    watts: plain('real'),
    pulses: plain('bigint'),
    ok: plain('boolean'),
    note: plain('text'),
  },
};

/** The smallest definition: no dimensions, one tier, row capture. */
export const narrow: RollupDefinition = {
  ...wide,
  name: 'beats',
  source: { ...wide.source, table: { schema: 'raw', table: 'beats' }, time: 'at', capture: 'rows' },
  dimensions: [],
  measures: [{ column: '*', aggregates: ['count'] }],
  tiers: [{ every: '10 seconds', timeZone: null, retention: null, suffix: '10s' }],
};

export const narrowShape: SourceShape = { columns: { at: plain('timestamp with time zone') } };
