import type { StateColumn } from '../model/aggregates/state';
import { CATALOG_DIMENSION_TYPES, dimensionZero } from '../model/columnType';
import type { SourceShape } from '../model/compiled';
import type { RollupDefinition, TierDefinition } from '../model/definition';
import { TidemarkError } from '../model/error';
import { type ObjectNames, proposedNames, quoteIdent } from '../model/names';
import { type GoldColumn, measureSql } from './aggregates';
import { type BucketSql, bucketSql } from './buckets';

export interface Dimension {
  /** Quoted name. */
  readonly name: string;
  readonly plainName: string;
  readonly type: string;
  readonly collation: string | null;
  readonly zero: string;
  /** Its equality operator; qualified where the type comes from an extension, since search_path is pinned. */
  readonly equals: string;
}

/** One tier as all statements about it see it: what it keeps, by what, and where. */
export interface Level {
  readonly ordinal: number;
  readonly tier: TierDefinition;
  /** Its state table and its view, qualified and quoted. */
  readonly table: string;
  readonly view: string;
  readonly bucket: BucketSql;
  readonly dimensions: readonly Dimension[];
  readonly states: readonly StateColumn[];
}

/** What all parts of the compiler share about one rollup. Names are qualified and quoted. */
export interface Context {
  readonly definition: RollupDefinition;
  readonly source: string;
  readonly dirty: string;
  readonly late: string;
  readonly capture: string;
  /** Quoted time column. */
  readonly time: string;
  /** Key and state of the rows that the capture function logs, by the buckets of the finest level. */
  readonly dimensions: readonly Dimension[];
  readonly states: readonly StateColumn[];
  readonly gold: readonly GoldColumn[];
  /** Finest first. */
  readonly levels: readonly [Level, ...Level[]];
}

/** Resolves a definition against the source's columns; refuses columns that are missing or of a type that cannot serve. */
export function compileContext(
  definition: RollupDefinition,
  shape: SourceShape,
  names: ObjectNames = proposedNames(definition),
): Context {
  const where = `${definition.source.table.schema}.${definition.source.table.table}`;
  const columnOf = (name: string, role: string) => {
    const column = Object.hasOwn(shape.columns, name) ? shape.columns[name] : undefined;
    if (column === undefined) {
      throw new TidemarkError(
        `Rollup "${definition.name}": ${where} has no column "${name}", which the definition names as ${role}; its columns are ${Object.keys(shape.columns).join(', ')}.`,
      );
    }
    return column;
  };
  const time = columnOf(definition.source.time, 'source.time');
  if (time.type !== 'timestamp with time zone') {
    throw new TidemarkError(
      `Rollup "${definition.name}": the time column "${definition.source.time}" of ${where} is of type ${time.type}; it must be timestamp with time zone.`,
    );
  }
  const dimensions = definition.dimensions.map((name): Dimension => {
    const { type, collation } = columnOf(name, 'a dimension');
    const zero = dimensionZero(type);
    if (zero === null) {
      throw new TidemarkError(
        `Rollup "${definition.name}": dimension "${name}" of ${where} is of type ${type}; a dimension may be ${CATALOG_DIMENSION_TYPES.join(', ')}.`,
      );
    }
    const schema = /^(.*)\.[^.]+$/.exec(type)?.[1];
    const equals = schema === undefined ? '=' : `operator(${schema}.=)`;
    return { name: quoteIdent(name), plainName: name, type, collation, zero, equals };
  });
  const measures = definition.measures.map((measure) => {
    const column =
      measure.column === '*' ? { type: 'bigint', collation: null } : columnOf(measure.column, 'a measure');
    const of = { name: definition.name, time: definition.source.time };
    return measureSql(measure, column.type, column.collation, of);
  });
  const states = measures.flatMap((m) => m.states);
  const [finest, ...coarser] = definition.tiers.map(
    (tier, ordinal): Level => ({
      ordinal,
      tier,
      table: names.silver[ordinal] as string,
      view: names.gold[ordinal] as string,
      bucket: bucketSql(tier),
      dimensions,
      states,
    }),
  );
  if (finest === undefined) throw new Error(`rollup ${definition.name} has no tier`);
  const { source, dirty, late, capture } = names;
  return {
    definition,
    source,
    dirty,
    late,
    capture,
    time: quoteIdent(definition.source.time),
    dimensions,
    states,
    gold: measures.flatMap((m) => m.gold),
    levels: [finest, ...coarser],
  };
}

/** What has dimensions: a level, or the rollup's logs. */
export type Keyed = Pick<Level, 'dimensions'>;
/** What has state besides: columns in the order of a level's table. */
export type Stateful = Pick<Level, 'dimensions' | 'states'>;

/** The levels finer than one, the nearest first. */
export function finerThan(context: Context, level: Level): readonly Level[] {
  return context.levels.slice(0, level.ordinal).reverse();
}
