/** Telling `tidemark pulumi` the way to a database that the program itself may only just have made. */
import * as pulumi from '@pulumi/pulumi';
import { announceRoute } from '../db/reach/routes';
import { asConnection } from './connection';
import { located } from './location';
import type { ConnectionArgs } from './resources';

/**
 * The host of a connection, once the way to it is told to the `tidemark pulumi` that runs this program. Give it to what
 * connects by itself, such as a `postgresql.Provider`: then that cannot be earlier. Without a tunnel, or under plain
 * `pulumi`, it is the host and nothing else.
 */
export function announcedHost(connection: pulumi.Input<ConnectionArgs>): pulumi.Output<string> {
  return pulumi.output(connection).apply((given) => {
    const known = located(asConnection(given));
    if (!('host' in known)) throw new TypeError('Only a connection with a host can be announced.');
    announceRoute(known);
    return known.host;
  });
}
