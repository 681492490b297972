/** Telling `tidemark pulumi` the way to a database that the program itself may only just have made. */
import * as pulumi from '@pulumi/pulumi';
import type { Connection, HostConnection } from '../connection/connection';
import { located } from '../connection/location';
import { announceRoute } from '../connection/routes';
import type { ConnectionArgs } from './resources';

/**
 * The host of a connection, once the way to it is told to the `tidemark pulumi` that runs this program. Give it to what
 * connects by itself, such as a `postgresql.Provider`: then that cannot be earlier. Without a tunnel, or under plain
 * `pulumi`, it is the host and nothing else.
 */
export function announcedHost(connection: pulumi.Input<ConnectionArgs>): pulumi.Output<string> {
  const given = pulumi.output(connection);
  const told = given.apply((known) => {
    // Not judged here: the resources that get it tell what is wrong with it.
    const there = located(known as Connection);
    if (!('host' in there))
      throw new TypeError('Only a connection with a host can be passed to tidemark pulumi.');
    announceRoute(there);
    return there.host;
  });
  // Where a tunnel is about to be replaced, a preview would not know the host for it, and so nothing of what is in the database.
  return pulumi.runtime.isDryRun() ? (given as pulumi.Output<HostConnection>).host : told;
}
