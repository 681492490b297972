import { describe, expect, it } from 'vitest';
import { isGraviton, majorOf, processorsOf } from '../../../infra/aws/versions';
import { memoryOf } from '../../../infra/aws/watch/size';

/** As AWS lists them. */
const CLASSES: readonly (readonly [instanceClass: string, processors: number, memoryGb: number])[] = [
  ['db.t4g.micro', 2, 1],
  ['db.t4g.medium', 2, 4],
  ['db.t4g.2xlarge', 8, 32],
  ['db.m7g.large', 2, 8],
  ['db.m8gd.xlarge', 4, 16],
  ['db.m7g.16xlarge', 64, 256],
  ['db.r7g.large', 2, 16],
  ['db.r8g.4xlarge', 16, 128],
  ['db.x2g.2xlarge', 8, 128],
  ['db.c6gd.large', 2, 4],
  ['db.serverless', 4, 32],
  // One that nobody knows yet is taken for the leanest of its size.
  ['db.z9.large', 2, 4],
];

describe('classes', () => {
  it.each(CLASSES)('%s has %d processors and %d GiB', (instanceClass, processors, memoryGb) => {
    expect(processorsOf(instanceClass, 16)).toBe(processors);
    expect(memoryOf(instanceClass, processorsOf(instanceClass, 16), 16)).toBe(memoryGb);
  });

  it.each([
    ['db.r8gd.xlarge', true],
    ['db.serverless', true],
    ['db.m6gd.large', true],
    ['db.m6i.large', false],
    ['db.m5.large', false],
  ])('%s is of Graviton: %s', (instanceClass, graviton) => {
    expect(isGraviton(instanceClass)).toBe(graviton);
  });

  it.each([
    ['17', '17'],
    ['15.13', '15'],
    ['14.9', undefined],
    ['170', undefined],
  ])('%s is a minor version of %s', (version, major) => {
    expect(majorOf(version)).toBe(major);
  });
});
