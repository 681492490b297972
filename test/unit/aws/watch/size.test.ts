import { expect, it } from 'vitest';
import { processorsOf } from '../../../../infra/aws/versions';
import { memoryOf } from '../../../../infra/aws/watch/size';

it.each([
  ['db.m7g.large', 8],
  ['db.m7g.2xlarge', 32],
  ['db.r7g.large', 16],
  ['db.r6gd.4xlarge', 128],
  ['db.x2g.large', 32],
  ['db.t4g.micro', 1],
  ['db.t4g.medium', 4],
  ['db.t4g.large', 8],
  ['db.t4g.xlarge', 16],
  ['db.serverless', 32],
  ['db.z9.large', 4],
])('%s has %d GiB', (instanceClass, memory) => {
  expect(memoryOf(instanceClass, processorsOf(instanceClass, 16), 16)).toBe(memory);
});
