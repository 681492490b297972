import { countState } from './count';
import { type Family, NUMBERS } from './family';
import { additionRounding, sumState } from './sum';

export const AVG: Family<'avg'> = {
  words: { avg: 'average' },
  takes: NUMBERS,
  compile(_, measured) {
    const [n, sum] = [countState(measured), sumState(measured)];
    // Of floats PostgreSQL's own function, which gives 0 where a plain division fails with an underflow.
    const finish = (a: string) =>
      measured.is === 'float'
        ? `float8_avg(array[coalesce(${a}.${n.name}, 0), coalesce(${a}.${sum.name}, 0), 0]::double precision[])`
        : `${a}.${sum.name}::numeric / nullif(${a}.${n.name}, 0)`;
    return {
      states: [n, sum],
      finish,
      direct: `avg(${measured.value})`,
      rounding: additionRounding(measured, 'max'),
    };
  },
};
