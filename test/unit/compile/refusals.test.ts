import { describe, expect, test } from 'vitest';
import { compile } from '../../../infra/compile';
import type { SourceShape } from '../../../infra/model/compiled';
import type { RollupDefinition } from '../../../infra/model/definition';
import { wide, wideShape } from './definitions';

const without = (name: string): SourceShape => ({
  columns: Object.fromEntries(Object.entries(wideShape.columns).filter(([key]) => key !== name)),
});
const withType = (name: string, type: string): SourceShape => ({
  columns: { ...wideShape.columns, [name]: { type, collation: null } },
});
const withMeasure = (
  column: string,
  aggregate: RollupDefinition['measures'][number]['aggregates'][number],
): RollupDefinition => ({
  ...wide,
  measures: [{ column, aggregates: [aggregate] }],
});

const COLUMNS = 'Read At, site, Phase "n", kwh, watts, pulses, ok, note';

describe('a definition that does not fit its source', () => {
  test.each([
    [
      'missing time column',
      () => compile(wide, without('Read At')),
      `Rollup "meters": raw.Meter "x" Readings has no column "Read At", which the definition names as source.time; its columns are ${COLUMNS.replace('Read At, ', '')}.`,
    ],
    [
      'time column of a wrong type',
      () => compile(wide, withType('Read At', 'timestamp without time zone')),
      'Rollup "meters": the time column "Read At" of raw.Meter "x" Readings is of type timestamp without time zone; it must be timestamp with time zone.',
    ],
    [
      'missing dimension',
      () => compile(wide, without('site')),
      `Rollup "meters": raw.Meter "x" Readings has no column "site", which the definition names as a dimension; its columns are ${COLUMNS.replace('site, ', '')}.`,
    ],
    [
      'dimension of a type that has no key',
      () => compile(wide, withType('site', 'jsonb')),
      'Rollup "meters": dimension "site" of raw.Meter "x" Readings is of type jsonb; a dimension may be smallint, integer, bigint, numeric, real, double precision, boolean, text, character varying, uuid, date, ltree.',
    ],
    [
      'sum of a text',
      () => compile(withMeasure('note', 'sum'), wideShape),
      'Rollup "meters": measure "note" is of type text, which has no sum; allowed: count, min, max, first, last.',
    ],
    [
      'minimum of a boolean',
      () => compile(withMeasure('ok', 'min'), wideShape),
      'Rollup "meters": measure "ok" is of type boolean, which has no min; allowed: count, first, last, bool_and, bool_or.',
    ],
    [
      'average of an array',
      () => compile(withMeasure('watts', 'avg'), withType('watts', 'integer[]')),
      'Rollup "meters": measure "watts" is of type integer[], which has no avg; allowed: count.',
    ],
  ])('%s is refused', (_, run, message) => {
    expect(run).toThrow(message);
  });
});
