import { OF_ROWS, ROW_COUNT } from '../../model/aggregates/count';
import { AGGREGATES, goldColumn } from '../../model/aggregates/registry';
import { mustBe, type Problem, pathText, show } from '../errors';
import { byteLength, IDENTIFIER_BYTES, IDENTIFIER_FORMS, identifierProblem } from '../identifier';
import type { Sections } from '../schema';

/** The longest name a measure's state takes is that of the longest aggregate, such as `<column>__bool_and`. */
const MEASURE_BYTES = IDENTIFIER_BYTES - '__'.length - Math.max(...AGGREGATES.map(({ length }) => length));

/** Dimensions: each once, and none with a name that another column of the tier has. */
export function* checkDimensions({ source, dimensions = [], measures = {} }: Sections): Iterable<Problem> {
  const states = Object.keys(measures).map((name) => `${name}__`);
  const seen = new Map<string, number>();
  for (const [index, name] of dimensions.entries()) {
    const path = ['dimensions', index];
    const first = seen.get(name);
    seen.set(name, first ?? index);
    if (first !== undefined) {
      yield {
        path,
        message: `${pathText(path)} is ${show(name)}, which dimensions[${first}] is too; each must be given once`,
      };
    } else if (name === source?.time) {
      yield {
        path,
        message: mustBe(path, name, 'another column than source.time, which the buckets stand for'),
      };
    } else if (name === 'bucket') {
      yield {
        path,
        message: mustBe(path, name, 'another name, because the tiers have a column "bucket" of their own'),
      };
    } else if (name === ROW_COUNT) {
      yield {
        path,
        message: mustBe(
          path,
          name,
          `another name, because the log of late rows has a column "${ROW_COUNT}" of its own`,
        ),
      };
    } else if (name.startsWith('__') || states.some((state) => name.startsWith(state))) {
      yield {
        path,
        message: mustBe(
          path,
          name,
          'a name that does not start with "__" or with a measure and "__", as state does',
        ),
      };
    }
  }
}

/** Measures: legal columns, each aggregate once, and gold columns with names of their own. */
export function* checkMeasures({ source, dimensions = [], measures }: Sections): Iterable<Problem> {
  if (!measures) return;
  if (Object.keys(measures).length === 0) {
    yield {
      path: ['measures'],
      message: mustBe(['measures'], measures, 'a map with at least one measure, such as { "*": [count] }'),
    };
  }
  const taken = new Map<string, string>([['bucket', 'the start of the bucket']]);
  for (const dimension of dimensions) taken.set(dimension, 'a dimension');
  for (const [name, aggregates] of Object.entries(measures)) {
    const wrong = nameProblem(name, source?.time);
    if (wrong !== null) yield { path: ['measures', name], at: 'key', message: wrong };
    const seen = new Set<string>();
    for (const [index, aggregate] of aggregates.entries()) {
      const path = ['measures', name, index];
      const gold = goldColumn(name, aggregate);
      const other = taken.get(gold);
      if (seen.has(aggregate)) {
        yield {
          path,
          message: `${pathText(path)} is "${aggregate}", which the list has already; each must be given once`,
        };
      } else if (name === '*' && aggregate !== OF_ROWS) {
        yield { path, message: mustBe(path, aggregate, `${OF_ROWS}, the only aggregate of whole rows`) };
      } else if (other !== undefined) {
        const message = `${pathText(path)} is "${aggregate}", whose gold column ${show(gold)} is already the name of ${other}; each gold column must have a name of its own`;
        yield { path, message };
      }
      if (!seen.has(aggregate)) taken.set(gold, `${aggregate} of ${show(name)}`);
      seen.add(aggregate);
    }
  }
}

function nameProblem(name: string, time: string | undefined): string | null {
  if (name === '*') return null;
  if (identifierProblem(name) !== null || byteLength(name) > MEASURE_BYTES) {
    const forms = IDENTIFIER_FORMS.replace(String(IDENTIFIER_BYTES), String(MEASURE_BYTES));
    const long = byteLength(name) > MEASURE_BYTES ? `, which has ${byteLength(name)} bytes,` : '';
    return `measure ${show(name)}${long} is not a column name for measures; it must be ${forms}`;
  }
  return name === time ? `measure ${show(name)} is source.time; it must be another column` : null;
}
