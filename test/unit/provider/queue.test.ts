import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Queue } from '../../../infra/provider/queue';

async function highWater(limit: number, keys: readonly string[]): Promise<Record<string, number>> {
  const queue = new Queue(limit);
  const running: Record<string, number> = {};
  const most: Record<string, number> = {};
  const work = async (key: string) => {
    running[key] = (running[key] ?? 0) + 1;
    most[key] = Math.max(most[key] ?? 0, running[key]);
    await sleep(1);
    running[key] -= 1;
  };
  await Promise.all(keys.map((key) => queue.run(key, () => work(key))));
  return most;
}

describe('Queue', () => {
  it('runs no more at once than the limit, for each key apart', async () => {
    expect(await highWater(1, Array(9).fill('a'))).toEqual({ a: 1 });
    expect(await highWater(4, [...Array(9).fill('a'), 'b'])).toEqual({ a: 4, b: 1 });
  });

  it('goes on after a failure, in order', async () => {
    const queue = new Queue(1);
    const done: number[] = [];
    const results = await Promise.allSettled(
      [1, 2, 3].map((n) =>
        queue.run('a', async () => {
          done.push(n);
          if (n === 1) throw new Error('first');
        }),
      ),
    );
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(done).toEqual([1, 2, 3]);
  });
});
