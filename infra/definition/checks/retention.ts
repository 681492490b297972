import type { IntervalText } from '../../model/definition';
import {
  compareIntervals,
  type Interval,
  longestMilliseconds,
  parseInterval,
  shortestMilliseconds,
} from '../../model/interval';
import { choices, mustBe, type Problem, pathText, show } from '../errors';
import { lengthProblem } from '../grain';
import { interval, spanText } from '../interval';
import { PARTITION_EVERY, type Sections } from '../schema';

function sum(...texts: readonly IntervalText[]): Interval {
  const parts = texts.map(parseInterval);
  return {
    months: parts.reduce((total, { months }) => total + months, 0),
    milliseconds: parts.reduce((total, { milliseconds }) => total + milliseconds, 0),
  };
}

/** null: for ever. */
function kept(retention: string | undefined): IntervalText | null {
  return retention === undefined || retention === 'forever' ? null : interval(retention);
}

/** Whether a retention always lasts at least this long; a month counts at its shortest against days. */
function lasts(retention: IntervalText | null, least: Interval): boolean {
  if (retention === null) return true;
  const has = parseInterval(retention);
  if (has.months >= least.months && has.milliseconds >= least.milliseconds) return true;
  return shortestMilliseconds(has) >= longestMilliseconds(least);
}

/** The partitions of the source, and what coarse tiers need of it. */
export function* checkPartition({ source, tiers = [] }: Sections): Iterable<Problem> {
  const partition = source?.partition;
  if (!partition) return;
  const every = interval(partition.every);
  if (!PARTITION_EVERY.some((allowed) => allowed === every)) {
    const path = ['source', 'partition', 'every'];
    yield { path, message: mustBe(path, partition.every, choices(PARTITION_EVERY)) };
  }
  const retention = kept(partition.retention);
  const coarsest = tiers
    .map((tier) => interval(tier.every))
    .filter((length) => lengthProblem(length) === null)
    .sort(compareIntervals)
    .at(-1);
  if (coarsest === undefined || retention === null) return;
  const least = sum(coarsest, coarsest);
  if (lasts(retention, least)) return;
  const path = ['source', 'partition', 'retention'];
  const why = `twice the ${coarsest} of the coarsest tier, so that no open bucket loses rows`;
  yield { path, message: mustBe(path, partition.retention, `at least ${spanText(least)}, ${why}`) };
}

/** Each tier must outlive its own buckets, and what the next tier still computes from it. */
export function* checkRetention({ source, tiers = [], refresh }: Sections): Iterable<Problem> {
  const sourceKept = kept(source?.partition?.retention);
  for (const [index, tier] of tiers.entries()) {
    const path = ['tiers', index, 'retention'];
    const retention = kept(tier.retention);
    const every = interval(tier.every);
    if (retention === null) continue;
    if (compareIntervals(retention, every) <= 0) {
      yield { path, message: mustBe(path, tier.retention, `longer than the ${every} of one bucket`) };
      continue;
    }
    const coarser = tiers[index + 1];
    if (!coarser || !source || !refresh) continue;
    const [next, lag] = [interval(coarser.every), interval(refresh.lag)];
    if (lengthProblem(next) !== null) continue;
    const least = sum(next, every, lag);
    if (lasts(retention, least) || lasts(sourceKept, least)) continue;
    const needs = `tiers[${index + 1}] needs for its open bucket (${next}, one more of ${every}, and the lag of ${lag})`;
    const message = `${pathText(path)} is ${show(tier.retention)}; it must be at least ${spanText(least)}, which ${needs}`;
    yield { path, message };
  }
}
