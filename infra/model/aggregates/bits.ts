import type { Family } from './family';
import { folded, stateName } from './state';

export const BITS: Family<'bit_and' | 'bit_or'> = {
  words: { bit_and: 'bits that all values have', bit_or: 'bits that some value has' },
  takes: ['integer'],
  compile({ aggregate }, measured) {
    const operator = aggregate === 'bit_and' ? '&' : '|';
    const state = folded(stateName(measured, aggregate), measured.type, aggregate, operator, measured.value);
    return {
      states: [state],
      finish: (a) => `${a}.${state.name}`,
      direct: state.fromSource,
      rounding: null,
    };
  },
};
