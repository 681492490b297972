import type { Client } from 'pg';
import { databaseError, TidemarkDatabaseError } from '../connection/errors';

/** Serializes deployments: two at once would collide in the catalogs. Second key 0: the engine; 1: the rollups, which share sources. */
export const INSTALL_LOCK = 7113;

const RETRIES = 5;

/**
 * Runs the work in one transaction that either commits whole or leaves nothing. When a lock is not obtained within
 * lock_timeout the transaction is rolled back, so that nobody queues behind it, and tried again a few times.
 */
export async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await client.query('begin isolation level read committed');
    try {
      const result = await work();
      await client.query('commit');
      return result;
    } catch (cause) {
      await client.query('rollback').catch(() => undefined);
      const error = databaseError(cause);
      const retry =
        error instanceof TidemarkDatabaseError && ['55P03', '40P01'].includes(error.sqlState ?? '');
      if (!retry || attempt >= RETRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt));
    }
  }
}
