/** A checked definition → the one value that everything after reads. */

import {
  AGGREGATES,
  type IntervalText,
  type RollupDefinition,
  type TierDefinition,
} from '../model/definition';
import { intervalSuffix, isCalendar, parseInterval } from '../model/interval';
import { parseColumnType } from './columnType';
import { grainOf } from './grain';
import { parseTableName } from './identifier';
import { interval } from './interval';
import { readSchedule } from './schedule';
import type { Definition } from './schema';

function required<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`normalize() was given an unchecked ${what}`);
  return value;
}

function retention(text: string): IntervalText | null {
  return text === 'forever' ? null : interval(text);
}

function tier(written: Definition['tiers'][number]): TierDefinition {
  const { every, zone } = grainOf(written);
  // Days and weeks in UTC have a fixed length; months never do, so they always name their zone.
  const fixed = !isCalendar(every) || (zone === 'UTC' && parseInterval(every).months === 0);
  return {
    every,
    timeZone: fixed ? null : zone,
    retention: retention(written.retention),
    suffix: intervalSuffix(every),
  };
}

function source({
  table,
  time,
  columns,
  partition,
  capture,
}: Definition['source']): RollupDefinition['source'] {
  const types = columns && Object.entries(columns);
  return {
    table: required(parseTableName(table), 'table name'),
    time,
    columns: types?.map(([name, type]) => ({ name, ...required(parseColumnType(type), 'type') })) ?? null,
    partition: partition
      ? { every: interval(partition.every), retention: retention(partition.retention) }
      : null,
    capture,
  };
}

/** Fills in what was left out and writes each value in its one canonical form. */
export function normalize(definition: Definition): RollupDefinition {
  const { name, dimensions, measures, tiers, refresh, onDelete } = definition;
  return {
    name,
    source: source(definition.source),
    dimensions: [...dimensions],
    measures: Object.entries(measures).map(([column, aggregates]) => {
      return { column, aggregates: AGGREGATES.filter((aggregate) => aggregates.includes(aggregate)) };
    }),
    tiers: tiers.map(tier),
    refresh: {
      schedule: required(readSchedule(refresh.schedule), 'schedule'),
      lag: interval(refresh.lag),
    },
    onDelete,
  };
}
