import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { RollupDatabase } from '../../../infra/aws';
import { subnetRanges } from '../../../infra/aws/network';
import { all, type Registered, record } from './mocks';
import { build, databaseOf, ENGINES, inputsOf, TYPES } from './stacks';

const GIVEN = { vpcId: 'vpc-1', subnetIds: ['subnet-a', 'subnet-b'] };

/** Everything that could open a way, whatever its resource. */
function ways(resources: readonly Registered[]): readonly Registered[] {
  return [...all(resources, TYPES.ingress), ...all(resources, TYPES.egress)];
}

describe.each(ENGINES)('the own network of %s', (engine) => {
  it('has private subnets in three zones, and no way to the internet', async () => {
    const { resources } = await build({ engine, bastion: true });
    const subnets = all(resources, 'aws:ec2/subnet:Subnet').map(({ inputs }) => inputs);
    expect(subnets).toMatchObject([
      { cidrBlock: '10.42.0.0/19', availabilityZone: 'eu-central-1a', mapPublicIpOnLaunch: false },
      { cidrBlock: '10.42.32.0/19', availabilityZone: 'eu-central-1b', mapPublicIpOnLaunch: false },
      { cidrBlock: '10.42.64.0/19', availabilityZone: 'eu-central-1c', mapPublicIpOnLaunch: false },
    ]);
    expect(inputsOf(resources, 'aws:ec2/routeTable:RouteTable')['routes']).toEqual([]);
    expect(all(resources, 'aws:ec2/routeTableAssociation:RouteTableAssociation')).toHaveLength(3);
    const outward = /internetgateway|natgateway|eip|route:Route$|egressonly|peering/i;
    expect(resources.filter(({ type }) => outward.test(type))).toEqual([]);
    expect(inputsOf(resources, 'aws:rds/subnetGroup:SubnetGroup')['subnetIds']).toEqual([
      'database-private-1-id',
      'database-private-2-id',
      'database-private-3-id',
    ]);
  });

  it('lets nobody in or out by default, not even by the group that AWS makes', async () => {
    const { resources } = await build({ engine });
    expect(ways(resources)).toEqual([]);
    expect(inputsOf(resources, 'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup')).toMatchObject({
      ingress: [],
      egress: [],
    });
  });

  it('opens nothing to every address, with every option', async () => {
    const allow = { securityGroupIds: ['sg-app'], cidrs: ['10.1.0.0/16', '192.168.7.0/24'] };
    const { resources } = await build({ engine, bastion: true, network: { allow } });
    expect(JSON.stringify(ways(resources))).not.toMatch(/0\.0\.0\.0\/0|::\/0/);
    expect(resources.filter(({ inputs }) => JSON.stringify(inputs).includes('0.0.0.0/0'))).toEqual([]);
    for (const group of all(resources, TYPES.securityGroup)) {
      expect(group.inputs).not.toHaveProperty('ingress');
      expect(group.inputs).not.toHaveProperty('egress');
    }
    for (const { inputs } of ways(resources)) {
      expect(inputs['ipProtocol']).toBe('tcp');
      expect([443, 5432]).toContain(inputs['fromPort']);
      expect(inputs['toPort']).toBe(inputs['fromPort']);
      expect(inputs['description']).toMatch(/^(PostgreSQL|Systems Manager) from /);
    }
  });

  it('lets in who is named, on the port of the database only', async () => {
    const allow = { securityGroupIds: ['sg-app', 'sg-etl'], cidrs: ['10.1.0.0/16', '10.1.0.0/16'] };
    const { resources } = await build({ engine, network: { allow } });
    const rules = all(resources, TYPES.ingress).map(({ name, inputs }) => [name, inputs]);
    expect(rules).toMatchObject([
      ['database-from-sg-app', { referencedSecurityGroupId: 'sg-app', fromPort: 5432, toPort: 5432 }],
      ['database-from-sg-etl', { referencedSecurityGroupId: 'sg-etl', fromPort: 5432, toPort: 5432 }],
      ['database-from-10-1-0-0-16', { cidrIpv4: '10.1.0.0/16', fromPort: 5432, toPort: 5432 }],
    ]);
    for (const [, inputs] of rules) expect(inputs).toMatchObject({ securityGroupId: 'database-database-id' });
    expect(all(resources, TYPES.egress)).toEqual([]);
  });

  it('keeps the rule of a group when another one goes', async () => {
    const names = async (...securityGroupIds: readonly pulumi.Input<string>[]) => {
      const { resources } = await record(
        () => new RollupDatabase('database', { engine, network: { allow: { securityGroupIds } } }),
      );
      return all(resources, TYPES.ingress).map(({ name }) => name);
    };
    expect(await names('sg-a', 'sg-b')).toEqual(['database-from-sg-a', 'database-from-sg-b']);
    expect(await names('sg-b')).toEqual(['database-from-sg-b']);
    // AWS has each rule once, in peered VPCs of other accounts too.
    expect(await names('123456789012/sg-c', 'sg-b', 'sg-b')).toEqual([
      'database-from-123456789012-sg-c',
      'database-from-sg-b',
    ]);
    expect(await names('sg-a', pulumi.output('sg-b'))).toEqual([
      'database-from-sg-a',
      'database-from-group-2',
    ]);
  });

  it('takes a given VPC and makes nothing in it but groups', async () => {
    const { resources } = await build({ engine, network: GIVEN });
    expect(resources.filter(({ type }) => /Vpc$|Subnet$|RouteTable|DefaultSecurityGroup/.test(type))).toEqual(
      [],
    );
    expect(inputsOf(resources, 'aws:rds/subnetGroup:SubnetGroup')['subnetIds']).toEqual(GIVEN.subnetIds);
    expect(inputsOf(resources, TYPES.securityGroup)['vpcId']).toBe('vpc-1');
    expect(databaseOf(resources).inputs['vpcSecurityGroupIds']).toEqual(['database-database-id']);
  });

  it('can be smaller', async () => {
    const network = { cidr: '10.9.8.0/24', availabilityZones: 2 as const };
    const { resources } = await build({ engine, network });
    expect(inputsOf(resources, 'aws:ec2/vpc:Vpc')).toMatchObject({
      cidrBlock: '10.9.8.0/24',
      enableDnsSupport: true,
      enableDnsHostnames: true,
    });
    expect(all(resources, 'aws:ec2/subnet:Subnet').map(({ inputs }) => inputs['cidrBlock'])).toEqual([
      '10.9.8.0/27',
      '10.9.8.32/27',
    ]);
  });
});

describe('subnetRanges', () => {
  it.each([
    ['10.0.0.0/16', ['10.0.0.0/19', '10.0.32.0/19', '10.0.64.0/19']],
    ['172.31.254.0/24', ['172.31.254.0/27', '172.31.254.32/27', '172.31.254.64/27']],
    ['203.0.112.0/20', ['203.0.112.0/23', '203.0.114.0/23', '203.0.116.0/23']],
  ])('of %s', (cidr, ranges) => {
    expect(subnetRanges(cidr, 3)).toEqual(ranges);
  });

  it('refuses what is no network', () => {
    expect(() => subnetRanges('10.0.0.1/16', 3)).toThrow('10.0.0.1/16 is no IPv4 network');
  });
});
