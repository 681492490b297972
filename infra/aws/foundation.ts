/** What instance and cluster stand on. */
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { encryptionKey } from './key';
import { logGroups } from './logs';
import { network } from './network';
import { parameterGroup } from './parameterGroup';
import type { Design } from './resolve';
import { type Scope, serviceRole } from './scope';
import { databaseGroup } from './securityGroup';

export interface Foundation {
  readonly keyArn: pulumi.Input<string>;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly subnetGroup: aws.rds.SubnetGroup;
  readonly securityGroup: aws.ec2.SecurityGroup;
  /** Who may open a connection. */
  readonly accessRules: readonly pulumi.Resource[];
  readonly parameterGroupName: pulumi.Output<string>;
  /** undefined without enhanced monitoring. */
  readonly monitoringRoleArn: pulumi.Output<string> | undefined;
  readonly logGroups: readonly aws.cloudwatch.LogGroup[];
}

export function foundation(scope: Scope, design: Design): Foundation {
  const { vpcId, subnetIds } = network(scope, design);
  const { group, rules } = databaseGroup(scope, design, vpcId);
  const subnetGroup = new aws.rds.SubnetGroup(
    `${scope.name}-subnets`,
    {
      description: `Private subnets of the database ${design.identifier}`,
      subnetIds: [...subnetIds],
      tags: scope.tags,
    },
    { parent: scope.parent },
  );
  return {
    keyArn: encryptionKey(scope, design),
    vpcId,
    subnetIds,
    subnetGroup,
    securityGroup: group,
    accessRules: rules,
    parameterGroupName: parameterGroup(scope, design),
    monitoringRoleArn: monitoringRole(scope, design),
    logGroups: logGroups(scope, design),
  };
}

function monitoringRole(scope: Scope, design: Design): pulumi.Output<string> | undefined {
  if (design.monitoringInterval === 0) return undefined;
  const { role, attached } = serviceRole(
    scope,
    'monitoring',
    'monitoring.rds.amazonaws.com',
    'service-role/AmazonRDSEnhancedMonitoringRole',
  );
  // Known only when the policy is attached: RDS tries the role at once.
  return pulumi.all([role.arn, attached.id]).apply(([arn]) => arn);
}

/**
 * What is taken at deletion. The snapshot's name ends as the generated name of the subnet group does, so a second database of the same
 * identifier does not stumble over the first one's snapshot.
 */
export function deletion(design: Design, { subnetGroup }: Foundation) {
  const snapshot = subnetGroup.name.apply((name) => `${design.identifier}-final-${name.split('-').pop()}`);
  return {
    deletionProtection: design.protect,
    skipFinalSnapshot: !design.finalSnapshot,
    deleteAutomatedBackups: !design.finalSnapshot,
    ...(design.finalSnapshot ? { finalSnapshotIdentifier: snapshot } : {}),
  };
}

/** Insights and the measurements of the operating system; instances of a cluster must have the same. */
export function insights(design: Design, { keyArn }: Foundation) {
  return {
    performanceInsightsEnabled: true,
    performanceInsightsKmsKeyId: keyArn,
    performanceInsightsRetentionPeriod: design.insightsRetentionDays,
  };
}

export function monitoring(design: Design, { monitoringRoleArn }: Foundation) {
  return {
    monitoringInterval: design.monitoringInterval,
    ...(monitoringRoleArn === undefined ? {} : { monitoringRoleArn }),
  };
}
