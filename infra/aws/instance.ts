import * as aws from '@pulumi/aws';
import { deletion, type Foundation, insights, monitoring } from './foundation';
import { exportedLogs } from './logs';
import type { Design } from './resolve';
import type { Scope } from './scope';
import { followsMinorVersions } from './versions';

export const MASTER_USER = 'postgres';
export const CERTIFICATE_AUTHORITY = 'rds-ca-rsa2048-g1';

/** An instance of RDS for PostgreSQL. */
export function instance(scope: Scope, design: Design, base: Foundation): aws.rds.Instance {
  const { sizeGb, maxSizeGb, iops, throughput } = design.storage;
  return new aws.rds.Instance(
    scope.name,
    {
      identifier: design.identifier,
      engine: 'postgres',
      engineVersion: design.engineVersion,
      autoMinorVersionUpgrade: followsMinorVersions(design.engineVersion),
      allowMajorVersionUpgrade: design.allowMajorVersionUpgrade,
      applyImmediately: design.applyImmediately,
      instanceClass: design.instanceClass,
      multiAz: design.multiAz,
      storageType: 'gp3',
      allocatedStorage: sizeGb,
      maxAllocatedStorage: maxSizeGb,
      ...(iops === undefined ? {} : { iops }),
      ...(throughput === undefined ? {} : { storageThroughput: throughput }),
      storageEncrypted: true,
      kmsKeyId: base.keyArn,
      username: MASTER_USER,
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: base.keyArn,
      iamDatabaseAuthenticationEnabled: true,
      publiclyAccessible: false,
      dbSubnetGroupName: base.subnetGroup.name,
      vpcSecurityGroupIds: [base.securityGroup.id],
      caCertIdentifier: CERTIFICATE_AUTHORITY,
      parameterGroupName: base.parameterGroupName,
      backupRetentionPeriod: design.backupRetentionDays,
      backupWindow: design.backupWindow,
      maintenanceWindow: design.maintenanceWindow,
      copyTagsToSnapshot: true,
      ...deletion(design, base),
      databaseInsightsMode: design.insights,
      ...insights(design, base),
      ...monitoring(design, base),
      enabledCloudwatchLogsExports: exportedLogs(design),
      tags: scope.tags,
    },
    { parent: scope.parent, protect: design.protect, dependsOn: [...base.logGroups] },
  );
}
