import { compareIntervals, intervalSuffix, isCalendar } from '../../model/interval';
import { type Problem, pathText, show } from '../errors';
import { type Grain, grainOf, lengthProblem, misfit } from '../grain';
import { byteLength } from '../identifier';
import type { Sections } from '../schema';

type Tier = NonNullable<Sections['tiers']>[number];

/** Room for what PostgreSQL objects of a tier add to its name, within 63 bytes. */
export const TIER_NAME_BYTES = 55;

/** Each tier's length and zone, and each tier against the one before it. */
export function* checkTiers({ name, tiers = [] }: Sections): Iterable<Problem> {
  let before: Grain | null = null;
  const seen = new Map<string, number>();
  for (const [index, tier] of tiers.entries()) {
    const every = ['tiers', index, 'every'];
    const grain = grainOf(tier);
    const length = lengthProblem(grain.every);
    if (length !== null) {
      yield { path: every, message: `${pathText(every)} is ${show(tier.every)}; it must be ${length}` };
      // What comes after is compared with the last tier that could exist.
      continue;
    }
    if (tier.timeZone !== undefined && !isCalendar(grain.every)) {
      const path = ['tiers', index, 'timeZone'];
      const message = `${pathText(path)} is ${show(tier.timeZone)}; it must be left out, because buckets of ${grain.every} have a fixed length, and only 1 day, 1 week, months and years follow a zone`;
      yield { path, message };
    }
    const suffix = intervalSuffix(grain.every);
    const first = seen.get(suffix);
    seen.set(suffix, first ?? index);
    if (first !== undefined) {
      const message = `${pathText(every)} is ${show(tier.every)}, which is also the length of tiers[${first}]; each tier must have a length of its own`;
      yield { path: every, message };
      continue;
    }
    yield* checkName(name, suffix, every, tier.every);
    if (before) yield* checkNesting(before, grain, index, tier);
    before = grain;
  }
}

function* checkName(
  name: string | undefined,
  suffix: string,
  path: Problem['path'],
  every: string,
): Iterable<Problem> {
  const bytes = byteLength(`${name ?? ''}_${suffix}`);
  if (name === undefined || bytes <= TIER_NAME_BYTES) return;
  const message = `${pathText(path)} is ${show(every)}, whose table name ${show(`${name}_${suffix}`)} has ${bytes} bytes; it must have at most ${TIER_NAME_BYTES}, so shorten the rollup's name`;
  yield { path, message };
}

function* checkNesting(fine: Grain, coarse: Grain, index: number, tier: Tier): Iterable<Problem> {
  if (compareIntervals(coarse.every, fine.every) < 0) {
    const path = ['tiers', index, 'every'];
    const why = `which is shorter than the ${fine.every} of the tier before it; tiers must go from fine to coarse`;
    yield { path, message: `${pathText(path)} is ${show(tier.every)}, ${why}` };
    return;
  }
  const problem = misfit(fine, coarse);
  if (problem === null) return;
  const path = ['tiers', index, problem.key];
  yield { path, message: `${pathText(path)} is ${show(tier[problem.key])}, ${problem.why}` };
}
