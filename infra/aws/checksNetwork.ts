/** What is wrong with a network as asked for. Pure. */
import type { GivenNetworkArgs, NewDatabaseArgs, OwnNetworkArgs } from './types';

export const DEFAULT_CIDR = '10.42.0.0/16';

export function isGiven(network: GivenNetworkArgs | OwnNetworkArgs): network is GivenNetworkArgs {
  return 'vpcId' in network || 'subnetIds' in network;
}

export interface Range {
  readonly address: number;
  readonly bits: number;
}

/** undefined if it is no IPv4 range, or names a host instead of a network. */
export function parseRange(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((part) => part > 255) || bits > 32) return undefined;
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return address % 2 ** (32 - bits) === 0 ? { address, bits } : undefined;
}

function allowed(cidrs: readonly string[]): string[] {
  return cidrs.flatMap((text) => {
    const range = parseRange(text);
    if (range === undefined)
      return [`network.allow.cidrs contains ${text}, which is not an IPv4 network such as 10.0.0.0/16.`];
    if (range.bits < 8)
      return [
        `network.allow.cidrs contains ${text}, which is larger than a /8; list only the networks that need access.`,
      ];
    return [];
  });
}

export function networkProblems({ network, bastion }: NewDatabaseArgs): readonly string[] {
  if (network === undefined) return [];
  const found = allowed(network.allow?.cidrs ?? []);
  if (isGiven(network)) {
    if (network.vpcId === undefined) found.push('network.vpcId is missing beside network.subnetIds.');
    if (!Array.isArray(network.subnetIds) || network.subnetIds.length < 2) {
      found.push('network.subnetIds must name private subnets in at least two availability zones.');
    }
    if ('cidr' in network || 'availabilityZones' in network) {
      found.push(
        'network.cidr and network.availabilityZones are only for a new VPC; leave them out if network.vpcId is given.',
      );
    }
    if (network.ssmEndpointSecurityGroupId !== undefined && bastion !== true) {
      found.push(
        'network.ssmEndpointSecurityGroupId is only for the bastion; set bastion: true or leave it out.',
      );
    }
    return found;
  }
  const { cidr = DEFAULT_CIDR, availabilityZones } = network;
  const range = parseRange(cidr);
  if (range === undefined || range.bits < 16 || range.bits > 24) {
    found.push(`network.cidr is ${cidr}; it must be an IPv4 network of /16 to /24, such as ${DEFAULT_CIDR}.`);
  }
  if (availabilityZones !== undefined && availabilityZones !== 2 && availabilityZones !== 3) {
    found.push(`network.availabilityZones is ${String(availabilityZones)}; it must be 2 or 3.`);
  }
  return found;
}
