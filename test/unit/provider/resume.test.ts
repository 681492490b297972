import { describe, expect, it, vi } from 'vitest';
import { TidemarkDatabaseError } from '../../../infra/db/errors';
import { resuming } from '../../../infra/provider/resume';

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

  it('is done again when it had connected before it failed', async () => {
    let calls = 0;
    const result = await resuming(key(), async (reached) => {
      reached();
      if (calls++ === 0) throw error(undefined);
      return calls;
    });
    expect(result).toBe(2);
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
