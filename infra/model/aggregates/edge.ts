import { type Family, type Measured, NUMBERS } from './family';
import { extreme, stateName } from './state';

/**
 * How first and last keep {time, value} in one array that C code compares as a whole: its element type, the two elements, and
 * the value taken out again. An epoch in seconds as a float8 is exact to the microsecond for all times until the year 2242
 * and keeps their order ever after; bigint and numeric values need numeric elements, text a time that sorts as text.
 */
function pair({ value, time, type, is }: Measured): {
  element: string;
  pack: string;
  unpack: (value: string) => string;
} {
  const cast = (v: string) => `${v}::${type}`;
  if (is === 'text')
    return { element: 'text', pack: `rollup.sortable_time(${time}), ${value}::text`, unpack: cast };
  if (is === 'numeric' || type === 'bigint') {
    return { element: 'numeric', pack: `extract(epoch from ${time}), ${value}`, unpack: cast };
  }
  const epoch = `extract(epoch from ${time})::double precision`;
  if (is === 'boolean') {
    return { element: 'double precision', pack: `${epoch}, ${value}::integer`, unpack: (v) => `(${v} = 1)` };
  }
  return { element: 'double precision', pack: `${epoch}, ${value}`, unpack: cast };
}

/** Ties in time go to the smallest (first) or greatest (last) value. */
export const EDGE: Family<'first' | 'last'> = {
  words: { first: 'value of the earliest row that has one', last: 'value of the latest row that has one' },
  takes: [...NUMBERS, 'text', 'boolean'],
  compile({ aggregate }, measured) {
    const fn = aggregate === 'first' ? 'min' : 'max';
    const { element, pack, unpack } = pair(measured);
    const collate = element === 'text' ? ' collate "C"' : '';
    const value = `${fn}(array[${pack}]${collate}) filter (where ${measured.value} is not null)`;
    const state = extreme(stateName(measured, aggregate), `${element}[]`, collate, fn, value);
    return {
      states: [state],
      finish: (a) => unpack(`(${a}.${state.name})[2]`),
      direct: unpack(`(${value})[2]`),
      rounding: null,
    };
  },
};
