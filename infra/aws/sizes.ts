/** Memory of instance classes, for thresholds that depend on it. Pure. */
import { processorsOf } from './versions';

/** GiB of memory for each virtual processor, by the letter of the family. */
const PER_PROCESSOR: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8, x: 16 };

/** Burstable classes do not follow one ratio. */
const BURSTABLE: Readonly<Record<string, number>> = {
  micro: 1,
  small: 2,
  medium: 4,
  large: 8,
  xlarge: 16,
  '2xlarge': 32,
};

/** GiB of memory of a class; of a serverless one at its greatest capacity. undefined for a family that is not known. */
export function memoryGbOf(instanceClass: string, maxCapacity: number): number | undefined {
  if (instanceClass === 'db.serverless') return 2 * maxCapacity;
  const [, family = '', size = ''] = /^db\.([a-z])\w*\.(\w+)/.exec(instanceClass) ?? [];
  if (family === 't') return BURSTABLE[size];
  const ratio = size === 'medium' ? undefined : PER_PROCESSOR[family];
  return ratio === undefined ? undefined : ratio * processorsOf(instanceClass, maxCapacity);
}
