import { aggregatesOf } from '../../model/aggregates/registry';
import { catalogType, DIMENSION_TYPES, parseColumnType, typeClass } from '../../model/columnType';
import { choices, mustBe, type Path, type Problem, pathText, show } from '../errors';
import { IDENTIFIER_FORMS, identifierProblem } from '../identifier';
import type { Sections } from '../schema';

/** `columns:` itself: names that can exist, and a time column that pg_partman and the buckets can use. */
export function* checkColumns({ source, dimensions = [], measures = {} }: Sections): Iterable<Problem> {
  if (!source?.columns) return;
  // A map: a column may have the name of something every JavaScript object has.
  const columns = new Map(Object.entries(source.columns));
  const names = [...columns.keys()];
  if (names.length === 0) {
    const path = ['source', 'columns'];
    yield { path, message: mustBe(path, source.columns, 'a map with at least the time column') };
    return;
  }
  for (const name of names) {
    if (identifierProblem(name) === null) continue;
    const message = `${show(name)} is not a column name; it must be ${IDENTIFIER_FORMS}`;
    yield { path: ['source', 'columns', name], at: 'key', message };
  }
  const time = columns.get(source.time);
  if (time !== undefined) {
    const { type, nullable } = parseColumnType(time) ?? {};
    const path = ['source', 'columns', source.time];
    if (type !== 'timestamptz' || nullable) {
      const why = '"timestamptz not null", because every row needs its place in time';
      yield { path, message: mustBe(path, time, why) };
    }
  } else yield missing(['source', 'time'], source.time, names);
  for (const [index, dimension] of dimensions.entries()) {
    // source.time is refused as a dimension whatever its type.
    if (dimension === source.time) continue;
    const path = ['dimensions', index];
    const type = parseColumnType(columns.get(dimension) ?? '')?.type;
    if (type === undefined) yield missing(path, dimension, names);
    else if (!DIMENSION_TYPES.includes(type)) {
      const message = `${pathText(path)} is ${show(dimension)}, a column of type ${type}; a dimension must be ${choices(DIMENSION_TYPES)}`;
      yield { path, message };
    }
  }
  for (const name of Object.keys(measures)) {
    if (name !== '*' && !columns.has(name)) yield { ...missing(['measures', name], name, names), at: 'key' };
  }
  yield* checkTypes(columns, measures);
}

function missing(path: Path, name: string, names: readonly string[]): Problem {
  const subject =
    path[0] === 'measures' ? `measure ${show(name)}` : `${pathText(path)} is ${show(name)}, which`;
  return {
    path,
    message: `${subject} is not among source.columns; it must be one of ${choices(names.map((n) => show(n)))}`,
  };
}

function* checkTypes(
  columns: ReadonlyMap<string, string>,
  measures: NonNullable<Sections['measures']>,
): Iterable<Problem> {
  for (const [name, aggregates] of Object.entries(measures)) {
    const type = parseColumnType(columns.get(name) ?? '')?.type;
    if (type === undefined || name === '*') continue;
    const allowed = aggregatesOf(typeClass(catalogType(type)));
    for (const [index, aggregate] of aggregates.entries()) {
      if (allowed.includes(aggregate)) continue;
      const path = ['measures', name, index];
      const message = `${pathText(path)} is "${aggregate}", which a column of type ${type} does not have; it must be ${choices(allowed)}`;
      yield { path, message };
    }
  }
}
