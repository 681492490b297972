import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { Foundation } from './foundation';
import type { Design } from './resolve';
import { named, type Scope, serviceRole } from './scope';
import { emptyGroup, open, POSTGRES_PORT } from './securityGroup';

/** What the agent of Systems Manager talks to. Not ec2messages, which newer regions lack and AWS retires. */
export const ENDPOINT_SERVICES = ['ssm', 'ssmmessages'] as const;

const IMAGE = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64';
const HTTPS = 443;

export interface Bastion {
  readonly instanceId: pulumi.Output<string>;
  /** All that a session needs, for who connects through it. */
  readonly resources: readonly pulumi.Resource[];
}

/**
 * A way to the database without a public address, a key or an open port: Systems Manager forwards a port through it, to who may
 * `ssm:StartSession` on it. It reaches the database's port and Systems Manager: through endpoints beside it and nothing else in a VPC of
 * its own; in a given one through the endpoints that are named, or by HTTPS through whatever way out the VPC has.
 */
export function bastion(scope: Scope, design: Design, base: Foundation): Bastion {
  const { name, parent, tags } = scope;
  const group = emptyGroup(scope, 'bastion', `Bastion of the database ${design.identifier}`, base.vpcId);
  const ways = [
    ...open(scope, 'bastion-to-database', {
      from: group,
      to: base.securityGroup,
      port: POSTGRES_PORT,
      description: 'PostgreSQL from the bastion',
    }),
    ...(design.network.given === undefined
      ? ownEndpoints(scope, design, base, group)
      : [wayOut(scope, group, design.network.given.ssmEndpointSecurityGroupId)]),
  ];
  const { role, attached } = serviceRole(
    scope,
    'bastion',
    'ec2.amazonaws.com',
    'AmazonSSMManagedInstanceCore',
  );
  const profile = new aws.iam.InstanceProfile(`${name}-bastion`, { role: role.name, tags }, { parent: role });
  const image = aws.ssm.getParameterOutput({ name: IMAGE }, { parent });
  const subnetId = base.subnetIds[0];
  const instance = new aws.ec2.Instance(
    `${name}-bastion`,
    {
      ami: image.insecureValue,
      instanceType: 't4g.nano',
      ...(subnetId === undefined ? {} : { subnetId }),
      vpcSecurityGroupIds: [group.id],
      associatePublicIpAddress: false,
      iamInstanceProfile: profile.name,
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, volumeType: 'gp3', tags: named(scope, 'bastion') },
      tags: named(scope, 'bastion'),
    },
    {
      parent,
      dependsOn: [attached, ...ways],
      // A new image every few weeks would be a new instance, and a new way to the database. `pulumi up --replace` renews it.
      ignoreChanges: ['ami'],
    },
  );
  return { instanceId: instance.id, resources: [instance, ...ways] };
}

/**
 * From a given VPC. No endpoints are made there: their private DNS names would be those of the whole VPC, and cut everybody else in it off
 * Systems Manager.
 */
function wayOut(
  scope: Scope,
  group: aws.ec2.SecurityGroup,
  endpoints: pulumi.Input<string> | undefined,
): pulumi.Resource {
  return new aws.vpc.SecurityGroupEgressRule(
    `${scope.name}-bastion-to-endpoints`,
    {
      securityGroupId: group.id,
      ...(endpoints === undefined ? { cidrIpv4: '0.0.0.0/0' } : { referencedSecurityGroupId: endpoints }),
      ipProtocol: 'tcp',
      fromPort: HTTPS,
      toPort: HTTPS,
      description: 'Systems Manager from the bastion',
      tags: named(scope, 'bastion-to-endpoints'),
    },
    { parent: group },
  );
}

/** Interface endpoints beside the bastion, in one zone since each costs by the hour. */
function ownEndpoints(
  scope: Scope,
  design: Design,
  base: Foundation,
  group: aws.ec2.SecurityGroup,
): pulumi.Resource[] {
  const { name, parent } = scope;
  const own = emptyGroup(
    scope,
    'endpoints',
    `Endpoints of Systems Manager for ${design.identifier}`,
    base.vpcId,
  );
  const ways = open(scope, 'bastion-to-endpoints', {
    from: group,
    to: own,
    port: HTTPS,
    description: 'Systems Manager from the bastion',
  });
  const { region } = aws.getRegionOutput({}, { parent });
  const made = ENDPOINT_SERVICES.map(
    (service) =>
      new aws.ec2.VpcEndpoint(
        `${name}-${service}`,
        {
          vpcId: base.vpcId,
          serviceName: region.apply((where) => `com.amazonaws.${where}.${service}`),
          vpcEndpointType: 'Interface',
          privateDnsEnabled: true,
          subnetIds: base.subnetIds.slice(0, 1),
          securityGroupIds: [own.id],
          tags: named(scope, service),
        },
        { parent },
      ),
  );
  return [...ways, ...made];
}
