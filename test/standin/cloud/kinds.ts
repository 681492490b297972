/** What AWS computes for each type of resource: its id, and the outputs that a program reads beside its own inputs. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Data } from '../plugin/values';

export interface Account {
  readonly id: string;
  readonly region: string;
}

export interface Kind {
  /** Input that Pulumi names by itself, and the one that gives the name's beginning. */
  readonly autoName?: readonly [name: string, prefix?: string];
  /** Inputs whose change makes another resource. */
  readonly replaces?: readonly string[];
  readonly id?: (inputs: Data) => string;
  /** What follows `arn:aws:`; none for types without an ARN. */
  readonly arn?: (inputs: Data, id: string, account: Account) => string;
  readonly outputs?: (inputs: Data, id: string, account: Account) => Data;
}

const hex = (length: number): string => randomBytes(length).toString('hex').slice(0, length);
const random = (prefix: string) => (): string => `${prefix}-${hex(17)}`;
const by =
  (key: string) =>
  (inputs: Data): string =>
    String(inputs[key]);

function service(name: string, rest: (inputs: Data, id: string) => string): NonNullable<Kind['arn']> {
  return (inputs, id, { id: account, region }) => `${name}:${region}:${account}:${rest(inputs, id)}`;
}

const ec2 = (prefix: string, kind: string, more: Partial<Kind> = {}): Kind => ({
  id: random(prefix),
  arn: service('ec2', (_inputs, id) => `${kind}/${id}`),
  ...more,
});

const named = (name: string, rest: (id: string) => string, more: Partial<Kind> = {}): Kind => ({
  autoName: ['name', 'namePrefix'],
  replaces: ['name', 'namePrefix'],
  id: by('name'),
  arn: service(name, (_inputs, id) => rest(id)),
  ...more,
});

const iam = (kind: string): Kind =>
  named('iam', (id) => id, {
    arn: (_inputs, id, account) => `iam::${account.id}:${kind}/${id}`,
    outputs: () => ({ uniqueId: `AROA${hex(16).toUpperCase()}`, createDate: '2026-01-01T00:00:00Z' }),
  });

const rule = ec2('sgr', 'security-group-rule', { replaces: ['securityGroupId'] });

const KINDS: Readonly<Record<string, Kind>> = {
  'aws:cloudwatch/dashboard:Dashboard': {
    autoName: ['dashboardName'],
    replaces: ['dashboardName'],
    id: by('dashboardName'),
    arn: (_inputs, id, account) => `cloudwatch::${account.id}:dashboard/${id}`,
    outputs: (_inputs, id, account) => ({
      dashboardArn: `arn:aws:cloudwatch::${account.id}:dashboard/${id}`,
    }),
  },
  'aws:cloudwatch/logGroup:LogGroup': named('logs', (id) => `log-group:${id}`),
  'aws:cloudwatch/logMetricFilter:LogMetricFilter': {
    autoName: ['name'],
    replaces: ['name', 'logGroupName'],
    id: by('name'),
  },
  'aws:cloudwatch/metricAlarm:MetricAlarm': named('cloudwatch', (id) => `alarm:${id}`),
  'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup': ec2('sg', 'security-group', { replaces: ['vpcId'] }),
  'aws:ec2/instance:Instance': ec2('i', 'instance', {
    replaces: ['ami', 'subnetId'],
    outputs: () => ({ privateIp: '10.42.0.10', instanceState: 'running' }),
  }),
  'aws:ec2/routeTable:RouteTable': ec2('rtb', 'route-table', { replaces: ['vpcId'] }),
  'aws:ec2/routeTableAssociation:RouteTableAssociation': { id: random('rtbassoc') },
  'aws:ec2/securityGroup:SecurityGroup': ec2('sg', 'security-group', {
    autoName: ['name', 'namePrefix'],
    replaces: ['name', 'namePrefix', 'vpcId', 'description'],
  }),
  'aws:ec2/subnet:Subnet': ec2('subnet', 'subnet', {
    replaces: ['vpcId', 'cidrBlock', 'availabilityZone'],
  }),
  'aws:ec2/vpc:Vpc': ec2('vpc', 'vpc', {
    replaces: ['cidrBlock'],
    outputs: () => ({
      defaultSecurityGroupId: `sg-${hex(17)}`,
      mainRouteTableId: `rtb-${hex(17)}`,
      defaultNetworkAclId: `acl-${hex(17)}`,
    }),
  }),
  'aws:ec2/vpcEndpoint:VpcEndpoint': ec2('vpce', 'vpc-endpoint', { replaces: ['vpcId', 'serviceName'] }),
  'aws:iam/instanceProfile:InstanceProfile': iam('instance-profile'),
  'aws:iam/policy:Policy': iam('policy'),
  'aws:iam/role:Role': iam('role'),
  'aws:iam/rolePolicy:RolePolicy': {
    autoName: ['name', 'namePrefix'],
    replaces: ['name', 'role'],
    id: (inputs) => `${inputs['role']}:${inputs['name']}`,
  },
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': {
    replaces: ['role', 'policyArn'],
    id: (inputs) => `${inputs['role']}/${inputs['policyArn']}`,
  },
  'aws:kms/alias:Alias': {
    autoName: ['name'],
    replaces: ['name'],
    id: by('name'),
    arn: service('kms', (_inputs, id) => id),
  },
  'aws:kms/key:Key': {
    id: () => randomUUID(),
    arn: service('kms', (_inputs, id) => `key/${id}`),
    outputs: (_inputs, id) => ({ keyId: id }),
  },
  'aws:rds/subnetGroup:SubnetGroup': named('rds', (id) => `subgrp:${id}`),
  'aws:sns/topic:Topic': named('sns', (id) => id, {
    id: (inputs) => `topic-${inputs['name']}`,
    arn: service('sns', (inputs) => String(inputs['name'])),
  }),
  'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule': rule,
  'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule': rule,
};

/** A type that is not in the table has a name if it takes one, and an ARN by its token. */
export function kindOf(type: string, takes: ReadonlySet<string>): Kind {
  const found = KINDS[type];
  if (found !== undefined) return found;
  const [, path = '', name = ''] = type.split(':');
  const [module = ''] = path.split('/');
  const word = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  return {
    ...(takes.has('name')
      ? { autoName: takes.has('namePrefix') ? ['name', 'namePrefix'] : ['name'], replaces: ['name'] }
      : {}),
    id: (inputs) => (takes.has('name') ? String(inputs['name']) : `${word}-${hex(12)}`),
    arn: service(module, (_inputs, id) => `${word}/${id}`),
  };
}

/** The whole state that AWS would show of a new resource, besides its inputs. */
export function computed(kind: Kind, inputs: Data, id: string, account: Account): Data {
  const arn = kind.arn?.(inputs, id, account);
  return {
    ...(arn === undefined ? {} : { arn: `arn:aws:${arn}` }),
    ...(inputs['tags'] === undefined ? {} : { tagsAll: inputs['tags'] }),
    region: account.region,
    ...kind.outputs?.(inputs, id, account),
  };
}

/** Default inputs: the name that Pulumi makes of the resource's own one, kept from one operation to the next. */
export function autoNamed(kind: Kind, name: string, olds: Data, news: Data): Data {
  const [key, prefix = ''] = kind.autoName ?? [];
  if (key === undefined || news[key] !== undefined) return {};
  if (olds[key] !== undefined && olds[prefix] === news[prefix]) return { [key]: olds[key] };
  return { [key]: `${news[prefix] ?? `${name}-`}${hex(7)}` };
}
