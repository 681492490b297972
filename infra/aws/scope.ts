/** What every part of a database on AWS is made with. */
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface Scope {
  /** Start of the names of all resources. */
  readonly name: string;
  readonly parent: pulumi.Resource;
  readonly tags: Readonly<Record<string, string>>;
}

/** Tags of a resource that consoles show by its tag Name. */
export function named(scope: Scope, suffix: string): Record<string, string> {
  return { ...scope.tags, Name: `${scope.name}-${suffix}` };
}

/** ARN of a policy that AWS keeps, in any partition (China, GovCloud). */
export function managedPolicy(scope: Scope, path: string): pulumi.Output<string> {
  const { partition } = aws.getPartitionOutput({}, { parent: scope.parent });
  return pulumi.interpolate`arn:${partition}:iam::aws:policy/${path}`;
}

/** A role that one service of AWS takes on, with one managed policy. @param options Of the role. */
export function serviceRole(
  scope: Scope,
  suffix: string,
  service: string,
  policy: string,
  options: pulumi.CustomResourceOptions = {},
): { readonly role: aws.iam.Role; readonly attached: aws.iam.RolePolicyAttachment } {
  const { name, parent, tags } = scope;
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }],
  };
  const role = new aws.iam.Role(
    `${name}-${suffix}`,
    { assumeRolePolicy: JSON.stringify(trust), tags },
    { ...options, parent },
  );
  const attached = new aws.iam.RolePolicyAttachment(
    `${name}-${suffix}`,
    { role: role.name, policyArn: managedPolicy(scope, policy) },
    { ...options, parent: role },
  );
  return { role, attached };
}
