/** A checked definition → the one value that everything after reads, and back: both directions of every key. */

import { AGGREGATES } from '../model/aggregates/registry';
import { parseColumnType } from '../model/columnType';
import type { IntervalText, RollupDefinition, TierDefinition } from '../model/definition';
import { intervalSuffix, isCalendar, parseInterval } from '../model/interval';
import { quoteName } from '../model/names';
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

/** What is left out where it is null. */
function given<T>(key: string, value: T | null, written: (value: T) => unknown = (item) => item): object {
  return value === null ? {} : { [key]: written(value) };
}

/** The definition as a file would say it: `normalize` of it, checked, is the definition again. */
export function asWritten({ source, measures, tiers, ...rest }: RollupDefinition): unknown {
  const { table, columns, partition, ...others } = source;
  const kept = <T extends { readonly retention: IntervalText | null }>(item: T) => ({
    ...item,
    retention: item.retention ?? 'forever',
  });
  return {
    apiVersion: 'tidemark/v1',
    ...rest,
    source: {
      ...others,
      table: quoteName(table),
      ...given('columns', columns, (list) =>
        Object.fromEntries(list.map((c) => [c.name, `${c.type}${c.nullable ? '' : ' not null'}`])),
      ),
      ...given('partition', partition, kept),
    },
    measures: Object.fromEntries(measures.map(({ column, aggregates }) => [column, aggregates])),
    tiers: tiers.map(({ timeZone, suffix: _, ...tier }) => ({
      ...kept(tier),
      ...given('timeZone', timeZone),
    })),
  };
}
