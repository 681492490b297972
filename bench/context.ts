import type { Client } from 'pg';
import type { Source } from './data';

/** What every comparison gets. */
export interface Bench {
  /** The engine's login, which is no superuser. */
  readonly client: Client;
  readonly readings: Source;
  readonly dense: Source;
  /** Writes all dirty pages, so that no comparison pays for the one before it. */
  checkpoint(): Promise<void>;
  /** A session of its own for the work; what it returns comes back. */
  inNewSession<T>(work: (client: Client) => Promise<T>): Promise<T>;
}
