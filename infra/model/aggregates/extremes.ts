import { type Family, NUMBERS } from './family';
import { extreme, stateName } from './state';

export const EXTREMES: Family<'min' | 'max'> = {
  words: { min: 'smallest value', max: 'greatest value' },
  takes: [...NUMBERS, 'text', 'time'],
  compile({ aggregate }, measured) {
    const collate = measured.collation === null ? '' : ` collate ${measured.collation}`;
    const direct = `${aggregate}(${measured.value})`;
    const state = extreme(stateName(measured, aggregate), measured.type, collate, aggregate, direct);
    return { states: [state], finish: (a) => `${a}.${state.name}`, direct, rounding: null };
  },
};
