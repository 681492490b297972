import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { parseRange } from './checksNetwork';
import type { Design } from './resolve';
import { named, type Scope } from './scope';

export interface Network {
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
}

/** Parts of a range, each an eighth of it: three zones, and room for more. */
export function subnetRanges(cidr: string, count: number): readonly string[] {
  const range = parseRange(cidr);
  if (range === undefined) throw new RangeError(`${cidr} is no IPv4 network`);
  const bits = range.bits + 3;
  return Array.from({ length: count }, (_, index) => {
    const address = range.address + index * 2 ** (32 - bits);
    const parts = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256);
    return `${parts.join('.')}/${bits}`;
  });
}

/** The given network, or a VPC with private subnets only: no internet gateway, no NAT, no public address, no route out. */
export function network(scope: Scope, design: Design): Network {
  const asked = design.network;
  if (asked.given !== undefined) return asked.given;
  const { name, parent } = scope;
  const vpc = new aws.ec2.Vpc(
    `${name}-vpc`,
    { cidrBlock: asked.cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: named(scope, 'vpc') },
    { parent },
  );
  const inVpc = { parent: vpc };
  // Taken over to hold no rule: what is started here without a group of its own can reach nothing.
  new aws.ec2.DefaultSecurityGroup(
    `${name}-default`,
    { vpcId: vpc.id, ingress: [], egress: [], tags: named(scope, 'default') },
    inVpc,
  );
  const routes = new aws.ec2.RouteTable(
    `${name}-private`,
    { vpcId: vpc.id, routes: [], tags: named(scope, 'private') },
    inVpc,
  );
  const zones = aws.getAvailabilityZonesOutput(
    {
      state: 'available',
      // Local and Wavelength Zones, which one opts in to, have no RDS.
      filters: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
      // Old zones without Graviton instances and without some services.
      excludeZoneIds: ['use1-az3', 'usw1-az2', 'cac1-az3'],
    },
    { parent },
  );
  const subnets = subnetRanges(asked.cidr, asked.availabilityZones).map((cidrBlock, index) => {
    const label = `private-${index + 1}`;
    const subnet = new aws.ec2.Subnet(
      `${name}-${label}`,
      {
        vpcId: vpc.id,
        cidrBlock,
        availabilityZone: zones.names.apply((names) => names[index] ?? ''),
        mapPublicIpOnLaunch: false,
        tags: named(scope, label),
      },
      // A zone that AWS adds must not move the subnets of a running database.
      { ...inVpc, ignoreChanges: ['availabilityZone'] },
    );
    new aws.ec2.RouteTableAssociation(
      `${name}-${label}`,
      { subnetId: subnet.id, routeTableId: routes.id },
      { parent: subnet },
    );
    return subnet.id;
  });
  return { vpcId: vpc.id, subnetIds: subnets };
}
