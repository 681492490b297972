import type { Random } from '../random';
import { SOURCE_SQL } from './rollups';
import type { Flow, Leaf } from './source';

const series = (random: Random): string =>
  `${random.chance(0.1) ? 'null' : random.int(0, 6)}::integer, ${random.chance(0.15) ? 'null' : `'${random.pick(['S0', 'S2', "o''dd"])}'`}::text`;

const measures = (random: Random): string => {
  const orNull = (value: string) => (random.chance(0.08) ? 'null' : value);
  return [
    `${orNull(String(random.int(-1000, 1000)))}::integer`,
    `${orNull((random.int(1, 999_999) / 1000).toFixed(3))}::numeric(12,3)`,
    `${orNull((random.int(1, 100_000) / 7).toFixed(6))}::float8`,
    `${orNull(random.pick(['true', 'false']))}::boolean`,
    `${orNull(`'${random.pick(['a', 'B', 'é', '', 'zz'])}${random.int(0, 9)}'`)}::text`,
  ].join(', ');
};

/** One row of VALUES whose time is `time`, an SQL expression. */
export function row(flow: Flow, random: Random, time: string): string {
  return `(${flow.nextId++}, ${time}, ${series(random)}, ${measures(random)})`;
}

/** `insert` of rows that are `offset()` milliseconds from the clock. */
export function insertRows(flow: Flow, random: Random, count: number, offset: () => number): string {
  const values = Array.from({ length: count }, () =>
    row(flow, random, `clock_timestamp() + ${offset()} * interval '1 millisecond'`),
  );
  return `insert into ${SOURCE_SQL} values ${values.join(', ')}`;
}

/** On time, late by up to minutes, or in the future. */
export function anyOffset(flow: Flow, random: Random): number {
  const oldest = (flow.leaves[0] as Leaf).from - Date.now() + 1000;
  return random.weighted<() => number>([
    [5, () => random.int(-30, 30)],
    [3, () => random.int(-4000, 0)],
    [2, () => random.int(oldest, 0)],
    [2, () => random.int(0, 15_000)],
  ])();
}

/** A condition on rows of a random window, near the clock more often than not, and now and then of one series. */
export function someRows(flow: Flow, random: Random, alias = ''): string {
  const at = `${alias}"At"`;
  const oldest = (flow.leaves[0] as Leaf).from - Date.now();
  const start = random.chance(0.7) ? random.int(-6000, 500) : random.int(oldest, 5000);
  const length = random.int(10, 600);
  // Few rows more often than many: clients would only wait for each other's.
  const one = random.chance(0.7)
    ? ` and ${alias}k ${random.chance(0.15) ? 'is null' : `= ${random.int(0, 6)}`}`
    : ` and ${alias}id % 7 = ${random.int(0, 6)}`;
  // Literals, so that the planner leaves out the other partitions.
  const instant = (offset: number) => `timestamptz '${new Date(Date.now() + offset).toISOString()}'`;
  return `${at} >= ${instant(start)} and ${at} < ${instant(start + length)}${one}`;
}

/** The partition that holds the clock's time now, or an older one. */
export function someLeaf(flow: Flow, random: Random): Leaf {
  const now = Date.now();
  const past = flow.leaves.filter((leaf) => leaf.from <= now);
  const current = past.at(-1) as Leaf;
  return random.chance(0.6) ? current : random.pick(past);
}

/** A time inside a partition that has come already. */
export function timeIn(leaf: Leaf, random: Random): string {
  const last = Math.min(leaf.to - 1, Date.now());
  return `timestamptz '${new Date(random.chance(0.5) ? Math.max(last - random.int(0, 300), leaf.from) : random.int(leaf.from, last)).toISOString()}'`;
}
