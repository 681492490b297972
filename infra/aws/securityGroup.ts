import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { Design } from './resolve';
import { named, type Scope } from './scope';

export const POSTGRES_PORT = 5432;

/** A group without rules: the provider takes away the rule to everywhere that AWS puts into new groups. */
export function emptyGroup(
  scope: Scope,
  suffix: string,
  description: string,
  vpcId: pulumi.Input<string>,
): aws.ec2.SecurityGroup {
  return new aws.ec2.SecurityGroup(
    `${scope.name}-${suffix}`,
    { description, vpcId, tags: named(scope, suffix) },
    { parent: scope.parent },
  );
}

interface Way {
  readonly from: aws.ec2.SecurityGroup;
  readonly to: aws.ec2.SecurityGroup;
  readonly port: number;
  readonly description: string;
}

/** Lets one group reach another on one port: the rule out of the one and the rule into the other. */
export function open(scope: Scope, suffix: string, { from, to, port, description }: Way): pulumi.Resource[] {
  const rule = { ipProtocol: 'tcp', fromPort: port, toPort: port, description, tags: named(scope, suffix) };
  return [
    new aws.vpc.SecurityGroupEgressRule(
      `${scope.name}-${suffix}`,
      { ...rule, securityGroupId: from.id, referencedSecurityGroupId: to.id },
      { parent: from },
    ),
    new aws.vpc.SecurityGroupIngressRule(
      `${scope.name}-${suffix}`,
      { ...rule, securityGroupId: to.id, referencedSecurityGroupId: from.id },
      { parent: to },
    ),
  ];
}

export interface DatabaseGroup {
  readonly group: aws.ec2.SecurityGroup;
  readonly rules: readonly pulumi.Resource[];
}

const dashed = (text: string): string => text.replaceAll(/[./]/g, '-');

/**
 * Named by the group: named by their place, all rules after one that is taken out would be changed to what their neighbour still is,
 * which AWS refuses as a duplicate.
 */
function groupSuffix(id: pulumi.Input<string>, index: number): string {
  // A group that is made in the same program has no name yet, and nothing but its place.
  return typeof id === 'string' ? `from-${dashed(id)}` : `from-group-${index + 1}`;
}

/** The database's group: who is allowed gets in on its port, nothing gets out. */
export function databaseGroup(scope: Scope, design: Design, vpcId: pulumi.Input<string>): DatabaseGroup {
  const group = emptyGroup(
    scope,
    'database',
    `Database ${design.identifier}: its port, for those allowed`,
    vpcId,
  );
  const allow = (suffix: string, description: string, who: Partial<aws.vpc.SecurityGroupIngressRuleArgs>) =>
    new aws.vpc.SecurityGroupIngressRule(
      `${scope.name}-${suffix}`,
      {
        ...who,
        securityGroupId: group.id,
        ipProtocol: 'tcp',
        fromPort: POSTGRES_PORT,
        toPort: POSTGRES_PORT,
        description,
        tags: named(scope, suffix),
      },
      { parent: group },
    );
  // AWS has each rule once, so whoever is named twice gets in by one.
  const groups = [...new Set(design.allow.securityGroupIds)].map((id, index) =>
    allow(groupSuffix(id, index), 'PostgreSQL from an allowed group', { referencedSecurityGroupId: id }),
  );
  const networks = [...new Set(design.allow.cidrs)].map((cidr) =>
    allow(`from-${dashed(cidr)}`, 'PostgreSQL from an allowed network', { cidrIpv4: cidr }),
  );
  return { group, rules: [...groups, ...networks] };
}
