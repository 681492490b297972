/** Going on after a failover: work that lost its connection is done again, from its start. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TidemarkDatabaseError } from '../connection/errors';

/** The server was there and went away, or is another one now (25006: an old writer that has become a reader). */
const LOST = new Set(['57P01', '57P02', '57P03', '08000', '08003', '08006', '25006', 'ECONNRESET', 'EPIPE']);
/** Also what a server shows that never was there: believed only where it has answered before. */
const AWAY = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  undefined,
]);

/** Multi-AZ fails over in one to two minutes, Aurora in half a one; DNS takes its own time. */
const PATIENCE_MILLISECONDS = 5 * 60_000;
/** Whoever ends the session each time (an administrator, a job against long ones) means it. */
const MOST_LOSSES = 10;

/** Keys of the databases that have answered in this process. */
const answered = new Set<string>();

/** Whether an error says that a database which has answered before is away, as during a failover or a restart. */
export function isAway(error: unknown): error is TidemarkDatabaseError {
  if (!(error instanceof TidemarkDatabaseError)) return false;
  return AWAY.has(error.sqlState) || isLost(error);
}

function isLost({ sqlState }: TidemarkDatabaseError): boolean {
  return sqlState !== undefined && LOST.has(sqlState);
}

/**
 * Runs work that leaves the same when it is done twice (every change here is one transaction that makes the database
 * match what is wanted), and again while the database is failing over. Other errors pass through at once.
 * @param work Calls `reached` once it is connected.
 * @param patience How long one loss may take, from the moment it is met: the work itself may take hours.
 */
export async function resuming<T>(
  key: string,
  work: (reached: () => void) => Promise<T>,
  patience = PATIENCE_MILLISECONDS,
): Promise<T> {
  let deadline: number | undefined;
  let losses = 0;
  for (let attempt = 0; ; attempt++) {
    let connected = false;
    try {
      return await work(() => {
        connected = true;
        answered.add(key);
      });
    } catch (error) {
      if (!isAway(error) || !(isLost(error) || answered.has(key))) throw error;
      // A reader that answers in the writer's place is no end of the failover: what follows is not another loss.
      if (connected && error.sqlState !== '25006') {
        deadline = undefined;
        losses += 1;
      }
      if (losses >= MOST_LOSSES || (deadline !== undefined && Date.now() > deadline)) throw error;
      if (deadline === undefined) console.log(`${error.message} Waiting for it to come back.`);
      deadline ??= Date.now() + patience;
      await sleep(Math.min(500 * 2 ** attempt, 10_000));
    }
  }
}
