/** Times of one side of a comparison, in milliseconds. */
export interface Times {
  readonly label: string;
  readonly min: number;
  readonly median: number;
}

export interface Result {
  readonly name: string;
  readonly base: Times;
  readonly tidemark: Times;
  /** Tidemark's median over the base's. */
  readonly ratio: number;
  /** Most that design section 9 allows, or null where it sets nothing. */
  readonly target: number | null;
  readonly pairs: number;
}

export interface Comparison {
  readonly name: string;
  readonly target?: number;
  /** Pairs that count. */
  readonly pairs: number;
  /** Pairs before them that do not: caches and plans settle. */
  readonly warmUp?: number;
  readonly base: Side;
  readonly tidemark: Side;
}

/** Returns the milliseconds of what it measures, and leaves everything around it out. `pair` counts from 0, warm-up included. */
export interface Side {
  readonly label: string;
  run(pair: number): Promise<number>;
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - from) / 1e6;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1];
  const high = sorted[Math.floor(middle)];
  if (low === undefined || high === undefined) throw new Error('no measurements');
  return (low + high) / 2;
}

const times = (label: string, values: readonly number[]): Times => ({
  label,
  min: Math.min(...values),
  median: median(values),
});

/** Runs both sides in turn (A B A B …), so that whatever else the machine does meets both alike. */
export async function compare(comparison: Comparison): Promise<Result> {
  const { name, pairs, warmUp = 0, base, tidemark } = comparison;
  const measured = { base: [] as number[], tidemark: [] as number[] };
  for (let pair = 0; pair < warmUp + pairs; pair += 1) {
    const [a, b] = [await base.run(pair), await tidemark.run(pair)];
    if (pair < warmUp) continue;
    measured.base.push(a);
    measured.tidemark.push(b);
  }
  const [a, b] = [times(base.label, measured.base), times(tidemark.label, measured.tidemark)];
  return {
    name,
    base: a,
    tidemark: b,
    ratio: b.median / a.median,
    target: comparison.target ?? null,
    pairs,
  };
}
