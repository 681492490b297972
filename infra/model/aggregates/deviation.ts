import { countState } from './count';
import { type AggregateSql, type Family, type Measured, NUMBERS, type Rounding } from './family';
import { addable, type StateColumn, stateName } from './state';
import { sumState } from './sum';

type Deviation = 'stddev' | 'variance';

export const DEVIATION: Family<Deviation> = {
  words: { stddev: 'standard deviation of a sample', variance: 'variance of a sample' },
  takes: NUMBERS,
  compile({ aggregate }, measured) {
    return measured.is === 'float' ? ofFloats(aggregate, measured) : exact(aggregate, measured);
  },
};

/** PostgreSQL's transition state {N, sum, squared deviations} and its own C functions over it. */
function moments(measured: Measured): StateColumn {
  const name = stateName(measured, 'moments');
  return {
    name,
    type: 'double precision[]',
    fromSource: `rollup.moments(${measured.value})`,
    merge: (a) => `rollup.merge_moments(${a}.${name})`,
    combine: (l, r) => `coalesce(float8_combine(${l}, ${r}), ${l}, ${r})`,
  };
}

function ofFloats(aggregate: Deviation, measured: Measured): AggregateSql {
  const state = moments(measured);
  const fn = aggregate === 'stddev' ? 'float8_stddev_samp' : 'float8_var_samp';
  return {
    states: [state],
    finish: (a) => `${fn}(${a}.${state.name})`,
    direct: `${aggregate}(${measured.value}::double precision)`,
    rounding: rounding(aggregate, measured),
  };
}

/** Deviations are judged as variances, whose rounding errors are those of squares. */
function rounding(aggregate: Deviation, { value }: Measured): Rounding {
  const square = aggregate === 'stddev' ? (v: string) => `${v} * ${v}` : (v: string) => v;
  return {
    scale: `max(abs(${value}::double precision))`,
    difference: (l, r) => `abs(${square(l)} - ${square(r)})`,
    limit: (scale) => `${scale} * ${scale}`,
  };
}

/**
 * Exact for integers and numeric: numeric sums have no cancellation, and PostgreSQL's own formula (numeric.c,
 * numeric_stddev_internal) gives its result to the last digit.
 */
function exact(aggregate: Deviation, measured: Measured): AggregateSql {
  const { value } = measured;
  const [n, sum] = [countState(measured), sumState(measured)];
  const squares = addable(stateName(measured, 'squares'), 'numeric', `sum(${value}::numeric * ${value})`);
  const variance = (a: string) => {
    const spread = `${a}.${n.name} * ${a}.${squares.name} - ${a}.${sum.name}::numeric * ${a}.${sum.name}`;
    return `case when ${a}.${n.name} > 1 then case when ${spread} <= 0 then 0 else (${spread}) / (${a}.${n.name}::numeric * (${a}.${n.name} - 1)) end end`;
  };
  // 20 digits more before rounding: rounding twice near each other would differ from PostgreSQL in the last digit.
  const stddev = (a: string) =>
    `(select coalesce(round(sqrt(round(v, scale(v) + 20)), scale(v)), v) from (select ${variance(a)}) as d(v))`;
  return {
    states: [n, sum, squares],
    finish: aggregate === 'variance' ? variance : stddev,
    direct: `${aggregate}(${value})`,
    rounding: null,
  };
}
