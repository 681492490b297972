import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { databaseError, TidemarkDatabaseError } from '../../../infra/connection/errors';
import { resuming } from '../../../infra/provider/resume';

// Time passes when it is slept, and only then.
vi.mock('node:timers/promises', () => ({
  setTimeout: async (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds),
}));
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterAll(() => void vi.useRealTimers());

const MINUTE = 60_000;
const error = (sqlState: string | undefined) => new TidemarkDatabaseError('It went away.', sqlState, {});
let keys = 0;
const key = () => `database ${keys++}`;

/** Work that fails with each of these in turn, then succeeds. */
function failing(...states: readonly (string | undefined)[]) {
  const rest = [...states];
  return vi.fn(async (reached: () => void) => {
    if (rest.length === 0) {
      reached();
      return 'done';
    }
    throw error(rest.shift());
  });
}

describe('work that loses its connection', () => {
  it.each(['57P01', '57P03', '25006', 'ECONNRESET'])('is done again after %s', async (state) => {
    const work = failing(state, state);
    expect(await resuming(key(), work)).toBe('done');
    expect(work).toHaveBeenCalledTimes(3);
  });

  it.each([undefined, 'ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT'])(
    'is given up at once after %s of a database that never answered, and not of one that did',
    async (state) => {
      const name = key();
      const first = failing(state);
      await expect(resuming(name, first)).rejects.toThrow('It went away.');
      expect(first).toHaveBeenCalledTimes(1);
      await resuming(name, failing());
      expect(await resuming(name, failing(state))).toBe('done');
    },
  );

  it.each([
    Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' }),
    Object.assign(new Error('connect'), { code: 'EHOSTUNREACH' }),
    Object.assign(new Error('connect'), { code: 'ENETUNREACH' }),
    new Error('Client has encountered a connection error and is not queryable'),
    new Error('There was an error establishing an SSL connection'),
  ])('is done again after what pg says: $code $message', async (thrown) => {
    let calls = 0;
    const result = await resuming(key(), async (reached) => {
      reached();
      if (calls++ === 0) throw databaseError(thrown);
      return calls;
    });
    expect(result).toBe(2);
  });

  it('is done again when it had connected before it failed', async () => {
    let calls = 0;
    const result = await resuming(key(), async (reached) => {
      reached();
      if (calls++ === 0) throw error(undefined);
      return calls;
    });
    expect(result).toBe(2);
  });

  it('has patience from the loss on, however long it ran before', async () => {
    let calls = 0;
    const result = await resuming(key(), async (reached) => {
      reached();
      calls += 1;
      if (calls === 3) return 'done';
      await sleep(30 * MINUTE);
      throw error('57P01');
    });
    expect(result).toBe('done');
  });

  it('is given up when it is ended again and again', async () => {
    const work = vi.fn(async (reached: () => void) => {
      reached();
      if (work.mock.calls.length > 50) return;
      throw error('57P01');
    });
    await expect(resuming(key(), work)).rejects.toThrow('It went away.');
    expect(work).toHaveBeenCalledTimes(10);
  });

  it('has one patience with a server that only reads: it answers, and is the same failover', async () => {
    const begin = Date.now();
    const work = vi.fn(async (reached: () => void) => {
      reached();
      if (work.mock.calls.length > 99) return;
      throw error('25006');
    });
    await expect(resuming(key(), work)).rejects.toThrow('It went away.');
    expect(work.mock.calls.length).toBeGreaterThan(10);
    expect(Date.now() - begin).toBeLessThan(6 * MINUTE);
  });

  it('is given up when patience ends, with the last error', async () => {
    const work = failing(...Array.from({ length: 50 }, () => '57P03'));
    await expect(resuming(key(), work, 600)).rejects.toThrow('It went away.');
    expect(work.mock.calls.length).toBeGreaterThan(1);
  });

  it.each(['28P01', '42501', '55P03'])('is given up at once after %s', async (state) => {
    const work = failing(state);
    await expect(resuming(key(), work)).rejects.toThrow('It went away.');
    expect(work).toHaveBeenCalledTimes(1);
  });
});
