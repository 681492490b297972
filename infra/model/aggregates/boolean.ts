import type { Family } from './family';
import { folded, stateName } from './state';

export const BOOLEAN: Family<'bool_and' | 'bool_or'> = {
  words: { bool_and: 'whether all values are true', bool_or: 'whether some value is true' },
  takes: ['boolean'],
  compile({ aggregate }, measured) {
    const operator = aggregate === 'bool_and' ? 'and' : 'or';
    const state = folded(stateName(measured, aggregate), 'boolean', aggregate, operator, measured.value);
    return {
      states: [state],
      finish: (a) => `${a}.${state.name}`,
      direct: state.fromSource,
      rounding: null,
    };
  },
};
