import type { TypeClass } from './types';

/**
 * How first and last keep {time, value} in one array that C code compares as a whole: its element type, the two elements, and
 * the value taken out again. An epoch in seconds as a float8 is exact to the microsecond for all times until the year 2242
 * and keeps their order ever after; bigint and numeric values need numeric elements, text a time that sorts as text.
 */
export function edgeState(
  source: string,
  time: string,
  type: string,
  kind: TypeClass,
): { element: string; pack: string; unpack: (value: string) => string } {
  const cast = (v: string) => `${v}::${type}`;
  if (kind === 'text')
    return { element: 'text', pack: `rollup.sortable_time(${time}), ${source}::text`, unpack: cast };
  if (kind === 'numeric' || type === 'bigint') {
    return { element: 'numeric', pack: `extract(epoch from ${time}), ${source}`, unpack: cast };
  }
  const epoch = `extract(epoch from ${time})::double precision`;
  if (kind === 'boolean') {
    return { element: 'double precision', pack: `${epoch}, ${source}::integer`, unpack: (v) => `(${v} = 1)` };
  }
  return { element: 'double precision', pack: `${epoch}, ${source}`, unpack: cast };
}
