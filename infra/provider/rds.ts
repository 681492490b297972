/** The two calls to the RDS API that an `up` makes itself: is a reboot pending, and reboot. */
import type {
  DBClusterMember,
  DBInstance,
  DescribeDBInstancesCommandInput,
  RDSClient,
} from '@aws-sdk/client-rds';
import { awsError, clientSettings, isThrottled } from '../connection/aws';

/** One of `instance` and `cluster`: their identifiers. */
export interface RdsTarget {
  readonly instance?: string;
  readonly cluster?: string;
  readonly region: string;
  /** A profile of the AWS configuration. */
  readonly profile?: string;
}

export interface RdsMember {
  readonly instance: string;
  /** `available`, `rebooting`, `modifying`, … */
  readonly status: string;
  /** `in-sync`, `pending-reboot`, `applying`, … */
  readonly parameters: string;
}

type Sdk = typeof import('@aws-sdk/client-rds');

/** The instances that the database consists of, the writer first. */
export async function describeMembers(target: RdsTarget): Promise<readonly RdsMember[]> {
  if (target.cluster === undefined) {
    const found = await instances(target, { DBInstanceIdentifier: target.instance ?? '' });
    return found.map((item) => ({
      instance: item.DBInstanceIdentifier ?? '',
      status: item.DBInstanceStatus ?? 'unknown',
      parameters: item.DBParameterGroups?.[0]?.ParameterApplyStatus ?? 'unknown',
    }));
  }
  const members = await clusterMembers(target, target.cluster);
  // The cluster's own status stays `available` while its instances restart.
  const found = await instances(target, { Filters: [{ Name: 'db-cluster-id', Values: [target.cluster] }] });
  const statuses = new Map(found.map((item) => [item.DBInstanceIdentifier, item.DBInstanceStatus]));
  return members.map((item) => ({
    instance: item.DBInstanceIdentifier ?? '',
    status: statuses.get(item.DBInstanceIdentifier) ?? 'unknown',
    parameters: item.DBClusterParameterGroupStatus ?? 'unknown',
  }));
}

async function instances(target: RdsTarget, which: DescribeDBInstancesCommandInput): Promise<DBInstance[]> {
  return called(target, 'DescribeDBInstances', async (client, sdk) => {
    const found = await client.send(new sdk.DescribeDBInstancesCommand(which));
    return found.DBInstances ?? [];
  });
}

async function clusterMembers(target: RdsTarget, cluster: string): Promise<DBClusterMember[]> {
  return called(target, 'DescribeDBClusters', async (client, sdk) => {
    const found = await client.send(new sdk.DescribeDBClustersCommand({ DBClusterIdentifier: cluster }));
    const members = found.DBClusters?.[0]?.DBClusterMembers ?? [];
    return [...members].sort(
      (a, b) => Number(b.IsClusterWriter ?? false) - Number(a.IsClusterWriter ?? false),
    );
  });
}

/**
 * Starts a reboot of one instance; returns before it is over.
 * @returns false if the instance is busy, as readers are while their writer restarts, or AWS is: it has to be asked again.
 */
export async function reboot(target: RdsTarget, instance: string): Promise<boolean> {
  const call = async (client: RDSClient, sdk: Sdk): Promise<boolean> => {
    try {
      await client.send(new sdk.RebootDBInstanceCommand({ DBInstanceIdentifier: instance }));
      return true;
    } catch (error) {
      if (error instanceof sdk.InvalidDBInstanceStateFault || isThrottled(error)) return false;
      throw error;
    }
  };
  // Where only the answer was lost, a second attempt would find the instance busy with the first, and it be rebooted twice.
  return called(target, 'RebootDBInstance', call, { maxAttempts: 1 });
}

/** Loaded when needed: most operations never call AWS. */
async function called<T>(
  target: RdsTarget,
  action: string,
  call: (client: RDSClient, sdk: Sdk) => Promise<T>,
  options: { readonly maxAttempts?: number } = {},
): Promise<T> {
  const sdk = require('@aws-sdk/client-rds') as Sdk;
  const { region, profile } = target;
  const client = new sdk.RDSClient({ ...clientSettings(region, profile), ...options });
  try {
    return await call(client, sdk);
  } catch (cause) {
    const what = target.cluster === undefined ? `instance ${target.instance}` : `cluster ${target.cluster}`;
    throw awsError(cause, { action: `rds:${action}`, target: what, region });
  } finally {
    client.destroy();
  }
}
