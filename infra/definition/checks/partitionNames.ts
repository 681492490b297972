/**
 * Names of the partitions of tiers with a retention. pg_partman cuts a table's name to make room for the time that it puts
 * behind it, and passes over a partition whose name is taken: of two tables whose cut names are one, the second would have
 * next to no partitions, without an error.
 */
import { compareIntervals, intervalSuffix } from '../../model/interval';
import { type Problem, pathText, show } from '../errors';
import { IDENTIFIER_BYTES } from '../identifier';
import { readInterval } from '../interval';
import type { Sections } from '../schema';

/** Below this retention partitions are shorter than a day, and their names tell the time of day, too. */
const DAILY_FROM = '10 days';
const STAMP = { day: '_p20240101'.length, hour: '_p2024_01_01_0000'.length };

/** A tier's table and the part of its name that its partitions begin with. */
export interface PartitionName {
  readonly path: readonly PropertyKey[];
  readonly table: string;
  readonly stem: string;
}

/** Of each tier with a retention; names are ASCII, so characters are bytes. */
export function partitionNames({ name, tiers = [] }: Sections): readonly PartitionName[] {
  if (name === undefined) return [];
  return tiers.flatMap((tier, index) => {
    const every = readInterval(tier.every);
    const retention = readInterval(tier.retention);
    if (every === null || retention === null) return [];
    const table = `${name}_${intervalSuffix(every)}`;
    const stamp = compareIntervals(retention, DAILY_FROM) < 0 ? STAMP.hour : STAMP.day;
    return [{ path: ['tiers', index, 'retention'], table, stem: table.slice(0, IDENTIFIER_BYTES - stamp) }];
  });
}

/** The sentence for the later one of two tables. */
export function sharedStem({ path, table, stem }: PartitionName, other: string): string {
  return `${pathText(path)} asks for partitions of ${show(table)}, whose names begin with ${show(stem)}, as those of ${other} do; shorten the rollup's name`;
}

/** Two tiers of one definition. */
export function* checkPartitionNames(sections: Sections): Iterable<Problem> {
  const seen = new Map<string, string>();
  for (const one of partitionNames(sections)) {
    const other = seen.get(one.stem);
    seen.set(one.stem, other ?? one.table);
    // The same length twice is a mistake of its own.
    if (other !== undefined && other !== one.table)
      yield { path: one.path, message: sharedStem(one, show(other)) };
  }
}
