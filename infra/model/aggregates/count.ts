import { quoteIdent } from '../names';
import { type AggregateSql, ANY, type Family, type Measured } from './family';
import { addable, type StateColumn, stateName } from './state';

/** How many values are not NULL. */
export function countState(measured: Measured): StateColumn {
  return addable(stateName(measured, 'n'), 'bigint', `count(${measured.value})`);
}

export const COUNT: Family<'count'> = {
  words: { count: 'number of values that are not NULL' },
  takes: ANY,
  compile(_, measured) {
    const state = countState(measured);
    return {
      states: [state],
      finish: (a) => `${a}.${state.name}`,
      direct: state.fromSource,
      rounding: null,
    };
  },
};

/** What `"*"` takes: a measure of the rows themselves. */
export const OF_ROWS = 'count';

/** Name of its gold column. */
export const ROW_COUNT = 'row_count';

/** `"*": [count]`. */
export function rowCount(): AggregateSql {
  const state = addable(quoteIdent('__rows'), 'bigint', 'count(*)');
  return { states: [state], finish: (a) => `${a}.${state.name}`, direct: state.fromSource, rounding: null };
}
