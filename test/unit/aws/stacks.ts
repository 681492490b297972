import { type NewDatabaseArgs, RollupDatabase, type RollupDatabaseArgs } from '../../../infra/aws';
import { all, only, type Recorded, type RecordOptions, type Registered, record, type Values } from './mocks';

export const ENGINES = ['rds', 'aurora', 'aurora-serverless'] as const;

export const TYPES = {
  instance: 'aws:rds/instance:Instance',
  cluster: 'aws:rds/cluster:Cluster',
  member: 'aws:rds/clusterInstance:ClusterInstance',
  group: 'aws:rds/parameterGroup:ParameterGroup',
  clusterGroup: 'aws:rds/clusterParameterGroup:ClusterParameterGroup',
  ingress: 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule',
  egress: 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule',
  securityGroup: 'aws:ec2/securityGroup:SecurityGroup',
  server: 'pulumi-nodejs:dynamic/tidemark:Server',
  login: 'pulumi-nodejs:dynamic/tidemark:Login',
} as const;

const built = new Map<string, Promise<Recorded<RollupDatabase>>>();

/** Built once for the same options: it takes half a second, and nobody changes what is recorded. */
export function build(
  args: RollupDatabaseArgs,
  options: RecordOptions = {},
): Promise<Recorded<RollupDatabase>> {
  const key = JSON.stringify([args, options]);
  const found = built.get(key) ?? record(() => new RollupDatabase('database', args), options);
  built.set(key, found);
  return found;
}

/** The instance or the cluster. */
export function databaseOf(resources: readonly Registered[]): Registered {
  const types: readonly string[] = [TYPES.instance, TYPES.cluster];
  const [found] = resources.filter(({ type }) => types.includes(type));
  if (found === undefined) throw new Error('there is no database');
  return found;
}

/** What runs PostgreSQL: the instance, or the instances of the cluster. */
export function serversOf(resources: readonly Registered[]): readonly Registered[] {
  return [...all(resources, TYPES.instance), ...all(resources, TYPES.member)];
}

export interface GroupParameter {
  readonly name: string;
  readonly value: string;
  readonly applyMethod: string;
}

/** The parameters of the instance's or cluster's group, by name. */
export async function parametersOf(args: NewDatabaseArgs): Promise<ReadonlyMap<string, GroupParameter>> {
  const { resources } = await build(args);
  const group = only(resources, args.engine === 'rds' ? TYPES.group : TYPES.clusterGroup);
  const list = group.inputs['parameters'] as readonly GroupParameter[];
  return new Map(list.map((one) => [one.name, one]));
}

export function inputsOf(resources: readonly Registered[], type: string, name?: string): Values {
  return only(resources, type, name).inputs;
}
