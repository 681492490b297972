/** IAM tokens in place of passwords: signed on this machine, valid for 15 minutes, made anew for every connect. */

import { awsError, quietSdk } from './aws';
import type { HostConnection } from './connection';
import { regionOf } from './region';

type Signing = typeof import('@aws-sdk/rds-signer');
type Credentials = typeof import('@aws-sdk/credential-providers');

/** A token for host, port and user of the connection. The role must be granted `rds_iam`, and TLS must be on. */
export async function iamToken(connection: HostConnection): Promise<string> {
  const { host, port = 5432, user, profile } = connection;
  const region = regionOf(connection);
  quietSdk();
  const { Signer } = require('@aws-sdk/rds-signer') as Signing;
  const { fromNodeProviderChain } = require('@aws-sdk/credential-providers') as Credentials;
  const credentials = fromNodeProviderChain(profile === undefined ? {} : { profile });
  try {
    return await new Signer({ hostname: host, port, username: user, region, credentials }).getAuthToken();
  } catch (cause) {
    throw awsError(cause, { action: 'rds-db:connect', target: `${user} at ${host}`, region });
  }
}
