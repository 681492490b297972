/** Going on after a failover: work that lost its connection is done again, from its start. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TidemarkDatabaseError } from '../db/errors';

/** The server was there and went away, or is another one now (25006: an old writer that has become a reader). */
const LOST = new Set(['57P01', '57P02', '57P03', '08000', '08003', '08006', '25006', 'ECONNRESET', 'EPIPE']);
/** Also what a server shows that never was there: believed only where it has answered before. */
const AWAY = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', undefined]);

/** Multi-AZ fails over in one to two minutes, Aurora in half a one; DNS takes its own time. */
const PATIENCE_MILLISECONDS = 5 * 60_000;

/** Keys of the databases that have answered in this process. */
const answered = new Set<string>();

/**
 * Runs work that leaves the same when it is done twice (every change here is one transaction that makes the database
 * match what is wanted), and again while the database is failing over. Other errors pass through at once.
 * @param work Calls `reached` once it is connected.
 */
export async function resuming<T>(
  key: string,
  work: (reached: () => void) => Promise<T>,
  patience = PATIENCE_MILLISECONDS,
): Promise<T> {
  const deadline = Date.now() + patience;
  for (let attempt = 0; ; attempt++) {
    try {
      return await work(() => answered.add(key));
    } catch (error) {
      if (!(error instanceof TidemarkDatabaseError) || Date.now() > deadline) throw error;
      const { sqlState } = error;
      const lost = sqlState !== undefined && LOST.has(sqlState);
      if (!lost && !(AWAY.has(sqlState) && answered.has(key))) throw error;
      if (attempt === 0) console.log(`${error.message} Waiting for it to come back.`);
      await sleep(Math.min(500 * 2 ** attempt, 10_000));
    }
  }
}
