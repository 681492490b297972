import * as aws from '@pulumi/aws';
import { deletion, type Foundation, insights, monitoring } from './foundation';
import { CERTIFICATE_AUTHORITY, MASTER_USER } from './instance';
import { exportedLogs } from './logs';
import type { Design } from './resolve';
import type { Scope } from './scope';
import { followsMinorVersions } from './versions';

export interface Cluster {
  readonly cluster: aws.rds.Cluster;
  /** The writer first; after a failover AWS may have another one. */
  readonly instances: readonly aws.rds.ClusterInstance[];
}

/** A cluster of Aurora PostgreSQL with its instances. */
export function cluster(scope: Scope, design: Design, base: Foundation): Cluster {
  const serverless = design.engine === 'aurora-serverless';
  const made = new aws.rds.Cluster(
    scope.name,
    {
      clusterIdentifier: design.identifier,
      engine: 'aurora-postgresql',
      engineMode: 'provisioned',
      engineVersion: design.engineVersion,
      allowMajorVersionUpgrade: design.allowMajorVersionUpgrade,
      applyImmediately: design.applyImmediately,
      ...(serverless
        ? {
            serverlessv2ScalingConfiguration: {
              minCapacity: design.minCapacity,
              maxCapacity: design.maxCapacity,
            },
          }
        : {}),
      storageEncrypted: true,
      kmsKeyId: base.keyArn,
      masterUsername: MASTER_USER,
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: base.keyArn,
      iamDatabaseAuthenticationEnabled: true,
      enableHttpEndpoint: design.dataApi,
      dbSubnetGroupName: base.subnetGroup.name,
      vpcSecurityGroupIds: [base.securityGroup.id],
      dbClusterParameterGroupName: base.parameterGroupName,
      backupRetentionPeriod: design.backupRetentionDays,
      preferredBackupWindow: design.backupWindow,
      preferredMaintenanceWindow: design.maintenanceWindow,
      copyTagsToSnapshot: true,
      ...deletion(design, base),
      databaseInsightsMode: design.insights,
      ...insights(design, base),
      enabledCloudwatchLogsExports: exportedLogs(design),
      tags: scope.tags,
    },
    { parent: scope.parent, protect: design.protect, dependsOn: [...base.logGroups] },
  );
  return { cluster: made, instances: members(scope, design, base, made) };
}

/** One after the other, so that the first is the writer. */
function members(scope: Scope, design: Design, base: Foundation, made: aws.rds.Cluster) {
  const instances: aws.rds.ClusterInstance[] = [];
  for (let index = 0; index <= design.readers; index += 1) {
    const writer = instances[0];
    instances.push(
      new aws.rds.ClusterInstance(
        `${scope.name}-${index + 1}`,
        {
          identifier: `${design.identifier}-${index + 1}`,
          clusterIdentifier: made.id,
          engine: 'aurora-postgresql',
          engineVersion: made.engineVersion,
          instanceClass: design.instanceClass,
          // The first reader takes over; it is as large as the writer, and on Serverless it scales with it.
          promotionTier: Math.min(index, 15),
          publiclyAccessible: false,
          dbSubnetGroupName: base.subnetGroup.name,
          caCertIdentifier: CERTIFICATE_AUTHORITY,
          autoMinorVersionUpgrade: followsMinorVersions(design.engineVersion),
          applyImmediately: design.applyImmediately,
          preferredMaintenanceWindow: design.maintenanceWindow,
          copyTagsToSnapshot: true,
          ...insights(design, base),
          ...monitoring(design, base),
          tags: scope.tags,
        },
        // A reader may go again; the first instance goes with the cluster only.
        writer === undefined
          ? { parent: made, protect: design.protect }
          : { parent: made, protect: false, dependsOn: [writer] },
      ),
    );
  }
  return instances;
}
