import { type Family, type Measured, NUMBERS, type Rounding } from './family';
import { addable, type StateColumn, stateName } from './state';

/** As PostgreSQL: sum of smallint and integer is bigint, of bigint numeric. A real is widened: adding reals loses digits. */
export function sumState(measured: Measured): StateColumn {
  const { is, type, value } = measured;
  const sumType =
    is === 'float' ? 'double precision' : is === 'integer' && type !== 'bigint' ? 'bigint' : 'numeric';
  const widened = type === 'real' ? '::double precision' : '';
  return addable(stateName(measured, 'sum'), sumType, `sum(${value}${widened})`);
}

/** Of additions of floating point numbers; null of other types. `by`: the aggregate that gives the errors' scale. */
export function additionRounding({ is, value }: Measured, by: 'sum' | 'max'): Rounding | null {
  if (is !== 'float') return null;
  return {
    scale: `${by}(abs(${value}::double precision))`,
    difference: (l, r) => `abs(${l} - ${r})`,
    limit: (scale) => scale,
  };
}

export const SUM: Family<'sum'> = {
  words: { sum: 'sum' },
  takes: NUMBERS,
  compile(_, measured) {
    const state = sumState(measured);
    return {
      states: [state],
      finish: (a) => `${a}.${state.name}`,
      direct: state.fromSource,
      rounding: additionRounding(measured, 'sum'),
    };
  },
};
