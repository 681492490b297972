/** The provider's one way to the database: paths located, work queued, errors told to users. */
import { withConnection } from '../connection/connect';
import type { Connection } from '../connection/connection';
import { located } from '../connection/location';
import { canonicalJson } from '../model/checksum';
import { asConnection } from './connection';
import { forUsers } from './failure';
import { Queue } from './queue';
import { resuming } from './resume';
import type { Data } from './state';

type Work<T> = Parameters<typeof withConnection<T>>[1];

// Pulumi calls for as many resources at once as it likes. Two changes of one catalog row collide ("tuple concurrently
// updated"), as when two rollups share a source, so changes of one database queue; all run in this one process.
const changes = new Queue(1);
const reads = new Queue(4);

async function run<T>(queue: Queue, kept: Data, hint: string, work: Work<T>): Promise<T> {
  try {
    const connection: Connection = located(asConnection(kept['connection']));
    const key = canonicalJson(connection);
    return await queue.run(key, () =>
      resuming(key, (reached) =>
        withConnection(connection, (client) => {
          reached();
          return work(client);
        }),
      ),
    );
  } catch (cause) {
    throw forUsers(cause, hint);
  }
}

export function change<T>(kept: Data, work: Work<T>): Promise<T> {
  return run(changes, kept, '', work);
}

export function read<T>(kept: Data, work: Work<T>): Promise<T> {
  return run(reads, kept, '', work);
}

/** A change that cannot go on without the database, though the database may be what is gone. */
export function remove<T>(kept: Data, work: Work<T>): Promise<T> {
  const hint =
    'If this database no longer exists, nothing is left to remove: run `pulumi state delete` with the URN of this resource (`pulumi stack --show-urns`), or declare the resource `deletedWith` the database.';
  return run(changes, kept, hint, work);
}
