import { countState } from './count';
import { type Family, NUMBERS } from './family';
import { additionRounding, sumState } from './sum';

export const AVG: Family<'avg'> = {
  words: { avg: 'average' },
  takes: NUMBERS,
  compile(_, measured) {
    const [n, sum] = [countState(measured), sumState(measured)];
    const cast = measured.is === 'float' ? '' : '::numeric';
    return {
      states: [n, sum],
      finish: (a) => `${a}.${sum.name}${cast} / nullif(${a}.${n.name}, 0)`,
      direct: `avg(${measured.value})`,
      rounding: additionRounding(measured, 'max'),
    };
  },
};
