/** Aurora and PostgreSQL 18 from nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectWhole } from '../provider/rollup';
import { flights, load } from './flights';
import { AwsStack } from './stack';

const CLUSTER = 'metrics-aurora';

let stack: AwsStack;

beforeAll(async () => {
  const options = { engine: 'aurora', engineVersion: '18', identifier: CLUSTER, protect: false };
  stack = await AwsStack.start('aurora', CLUSTER, options);
  await stack.define('flights', flights());
});
afterAll(() => stack?.close());

describe('a stack on Aurora', () => {
  it('is made in one up, with a reader, and has nothing to do then', async () => {
    await stack.up();
    await stack.unchanged();
    expect(stack.cloud.rds.membersOf(CLUSTER)).toEqual([`${CLUSTER}-1`, `${CLUSTER}-2`]);
    const client = await stack.reconnect();
    await load(client);
    await load(client, '40 days');
    await expectWhole(stack, 'flights');
  });

  it('reboots its instances for a static parameter of the cluster', async () => {
    const options = { engine: 'aurora', engineVersion: '18', identifier: CLUSTER, protect: false };
    await stack.configure({
      ...options,
      allowReboot: true,
      parameters: { max_locks_per_transaction: '128' },
    });
    await stack.up();
    expect(stack.cloud.calls.filter((call) => call === 'RebootDBInstance')).toHaveLength(2);
    await stack.reconnect();
    expect(await stack.setting('max_locks_per_transaction')).toBe('128');
    await stack.unchanged();
  });

  it('is destroyed, the instances before their cluster', async () => {
    await stack.ok('destroy', '--yes', '--skip-preview');
    expect(stack.cloud.rds.databases).toEqual([]);
  });
});
