import { dimensionList, equalKey, hasNull, type Keyed, type Level, type Stateful, sameKey } from './context';

/** `agg as "name", …` of all state columns, aggregated from source rows `s`. */
export function statesFromSource(stateful: Stateful): string {
  return stateful.states.map((state) => `, ${state.fromSource} as ${state.name}`).join('');
}

/** The same, merged from rows that already hold state. */
export function statesMerged(stateful: Stateful, alias: string): string {
  return stateful.states.map((state) => `, ${state.merge(alias)} as ${state.name}`).join('');
}

/** `, a."n", …`: the state columns as they are. */
export function stateList(stateful: Stateful, alias: string): string {
  return stateful.states.map((state) => `, ${alias}.${state.name}`).join('');
}

/** `group by` ordinals of bucket and dimensions, which always come first. */
export function groupBy(keyed: Keyed): string {
  return `group by ${[1, ...keyed.dimensions.map((_, index) => index + 2)].join(', ')}`;
}

/**
 * States of the buckets of `keys` (bucket, dimensions…), computed from `from`: the source rows (`s.time`) or the tier below
 * (`s.bucket`). In two parts, since an index serves plain equality only and NULL needs more; a rollup without
 * dimensions, or without NULLs, pays for one. The bucket is compared both as a range, for indexes, and as a value, for hashing.
 */
export function statesOfKeys(
  level: Level,
  options: { keys: string; from: string; time: string; states: string; where?: string },
): string {
  const { keys, from, time, states } = options;
  const { bucket } = level;
  const where = options.where === undefined ? '' : ` and ${options.where}`;
  const part = (match: string, condition: string) =>
    `select k.bucket${dimensionList(level, 'k')}${states}
    from ${keys} k join ${from} s on s.${time} >= k.bucket and s.${time} < ${bucket.end('k.bucket')} and ${bucket.start(`s.${time}`)} = k.bucket${match}
   where ${condition}${where} ${groupBy(level)}`;
  if (level.dimensions.length === 0) return part('', 'true');
  return `${part(equalKey(level, 'k', 's'), `not ${hasNull(level, 'k')}`)}
  union all
  ${part(sameKey(level, 'k', 's'), hasNull(level, 'k'))}`;
}
