/** GiB of memory for each processor, by the family's letter; the size tells the processors. */
const GB_PER_PROCESSOR: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8, x: 16 };
/** Burstable classes have two processors up to large, and grow by memory first. */
const BURSTABLE: Readonly<Record<string, number>> = { micro: 1, small: 2, medium: 4, large: 8 };

/**
 * GiB of memory of a class such as db.m7g.large, at least: classes that AWS brings out later are taken for the leanest of
 * their size. An ACU of a serverless one has two.
 * @param processors As `processorsOf` tells them.
 */
export function memoryOf(instanceClass: string, processors: number, maxCapacity: number): number {
  if (instanceClass === 'db.serverless') return 2 * maxCapacity;
  const [, family, size] = /^db\.([a-z])[^.]*\.([a-z0-9]+)/.exec(instanceClass) ?? [];
  if (family === 't') return (size === undefined ? undefined : BURSTABLE[size]) ?? 4 * processors;
  return (GB_PER_PROCESSOR[family ?? ''] ?? 2) * processors;
}
