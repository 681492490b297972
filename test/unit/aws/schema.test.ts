import { describe, expect, it } from 'vitest';
import type { NewDatabaseArgs } from '../../../infra/aws';
import { DatabaseAccess, RollupDatabase } from '../../../infra/aws';
import { Watch } from '../../../infra/aws/watch/watch';
import { nonconformities } from './conform';
import { type Recorded, record, type Values } from './mocks';

const FULL: Omit<NewDatabaseArgs, 'engine'> = {
  engineVersion: '17.6',
  identifier: 'full',
  database: 'metrics',
  network: {
    cidr: '10.9.0.0/20',
    availabilityZones: 3,
    allow: { securityGroupIds: ['sg-1'], cidrs: ['10.1.0.0/16'] },
  },
  backup: { retentionDays: 21, vault: { copyTo: { region: 'eu-west-1', retentionDays: 90 } } },
  parameters: { work_mem: '65536' },
  tags: { team: 'platform' },
  bastion: true,
  insights: 'advanced',
  allowMajorVersionUpgrade: true,
};
const STACKS: readonly NewDatabaseArgs[] = [
  { engine: 'rds', ...FULL, storage: { sizeGb: 400, maxSizeGb: 800, iops: 16_000, throughput: 1000 } },
  { engine: 'aurora', ...FULL, readers: 2, dataApi: true },
  { engine: 'aurora-serverless', ...FULL, minCapacity: 0.5, maxCapacity: 4 },
  { engine: 'rds' },
  { engine: 'aurora' },
  { engine: 'aurora-serverless' },
];

/** A database with all that is in it and all that watches it. */
function whole(args: NewDatabaseArgs): void {
  const { host, port, region, login, engineVersion, design, ...made } = new RollupDatabase('database', args);
  if (design === undefined || made.identifier === undefined) throw new Error('nothing was made');
  new DatabaseAccess('access', {
    host,
    port,
    region,
    login: login.login,
    engineVersion,
    caFile: 'certs/rds.pem',
    hll: true,
  });
  new Watch('watch', {
    engine: args.engine,
    identifier: made.identifier,
    instances: made.instanceIdentifiers,
    vcpus: 2,
    memoryGb: 8,
    ...(args.engine === 'rds' ? { storageGb: design.storage.sizeGb } : {}),
    region,
    logGroupName: made.logGroupName ?? '',
    subscriptions: [{ protocol: 'email', endpoint: 'operations@example.com' }],
    tags: { team: 'platform' },
  });
}

/** Resources of this project's own provider have no SDK. */
function foreign(token: string): boolean {
  return token.startsWith('aws:') || token.startsWith('postgresql:') || token.startsWith('pulumi:providers:');
}

function problemsOf({ resources, invoked }: Recorded<unknown>): readonly string[] {
  return [
    ...resources
      .filter(({ type }) => foreign(type))
      .flatMap(({ type, inputs }) => nonconformities(type, inputs)),
    ...invoked.flatMap(({ token, inputs }) => nonconformities(token, inputs)),
  ];
}

/** Classes of a generation that the SDK's enum, which is open, does not have yet. */
const NEWER_CLASSES =
  /instanceClass is "db\.(m7g\.large|r7g\.large|serverless)", which rds.InstanceType does not have$/;

describe('inputs as the SDKs declare them', () => {
  it.each(STACKS)(
    '$engine with $engineVersion: nothing unknown, nothing missing, all of the right kind',
    async (args) => {
      const recorded = await record(() => whole(args));
      const types = new Set(recorded.resources.map(({ type }) => type).filter(foreign));
      expect(types.size).toBeGreaterThan(25);
      expect(problemsOf(recorded).filter((problem) => !NEWER_CLASSES.test(problem))).toEqual([]);
    },
  );

  it('reports every property of every resource, if it is misspelt', async () => {
    const { resources } = await record(() => whole(STACKS[0] as NewDatabaseArgs));
    for (const { type, inputs } of resources.filter((one) => foreign(one.type))) {
      for (const [place, changed] of changes(inputs, (value, name) => [`${name}s`, value])) {
        const found = nonconformities(type, changed as Values);
        expect(found, `${type} ${place}`).toContainEqual(expect.stringMatching(/s is not declared by \w+$/));
      }
    }
  });

  it('reports every value of every resource, if it is of another kind', async () => {
    const { resources } = await record(() => whole(STACKS[1] as NewDatabaseArgs));
    let count = 0;
    // Options of a provider are all text.
    const typed = resources.filter(({ type }) => foreign(type) && !type.startsWith('pulumi:'));
    for (const { type, inputs } of typed) {
      const known = new Set(nonconformities(type, inputs));
      for (const [place, changed] of changes(inputs, (value, name) => [name, otherKind(value)])) {
        count += 1;
        const found = nonconformities(type, changed as Values).filter((problem) => !known.has(problem));
        expect(found, `${type} ${place}`).not.toEqual([]);
      }
    }
    expect(count).toBeGreaterThan(150);
  });

  it.each([
    ['aws:rds/instance:Instance', {}, 'Instance.instanceClass is missing'],
    [
      'aws:rds/instance:Instance',
      { instanceClass: 'db.t4g.micro', multiAZ: true },
      'Instance.multiAZ is not declared by InstanceArgs',
    ],
    [
      'aws:rds/instance:Instance',
      { instanceClass: 'db.t4g.micro', storageType: 'gp4' },
      'Instance.storageType is "gp4", which rds.StorageType does not have',
    ],
    [
      'aws:rds/instance:Instance',
      { instanceClass: 'db.t4g.micro', databaseInsightsMode: 'Advanced' },
      'Instance.databaseInsightsMode is "Advanced", but its documentation has standard, advanced',
    ],
    [
      'aws:rds/clusterInstance:ClusterInstance',
      { instanceClass: 'db.t4g.micro', clusterIdentifier: 'one', engine: 'postgresql' },
      'ClusterInstance.engine is "postgresql", which rds.EngineType does not have',
    ],
    [
      'aws:ec2/instance:Instance',
      { instanceType: 't4g.pico' },
      'Instance.instanceType is "t4g.pico", which ec2.InstanceType does not have',
    ],
    [
      'aws:ec2/instance:Instance',
      { metadataOptions: { httpToken: 'required' } },
      'Instance.metadataOptions.httpToken is not declared by InstanceMetadataOptions',
    ],
    ['aws:backup/plan:Plan', { rules: [{ ruleName: 'daily' }] }, 'Plan.rules[0].targetVaultName is missing'],
    [
      'aws:rds/parameterGroup:ParameterGroup',
      { family: 'postgres17', parameters: { jit: '0' } },
      'ParameterGroup.parameters is {"jit":"0"}, not a list',
    ],
    ['aws:kms/key:Key', { tags: { team: 1 } }, 'Key.tags.team is 1, not a string'],
    [
      'postgresql:index/grant:Grant',
      { privileges: [], objectType: 'schema', rol: 'one' },
      'Grant.rol is not declared by GrantArgs',
    ],
    [
      'pulumi:providers:postgresql',
      { superuser: 'false', port: '1', hots: 'h' },
      'postgresql.hots is not declared by ProviderArgs',
    ],
    ['pulumi:providers:postgresql', { superuser: 'no' }, 'postgresql.superuser is "no", not a boolean'],
    [
      'aws:ssm/getParameter:getParameter',
      { nome: 'x' },
      'getParameter.nome is not declared by GetParameterArgs',
    ],
  ])('%s %j: %s', (token, inputs, problem) => {
    expect(nonconformities(token, inputs)).toContain(problem);
  });

  it('has an answer for tokens that no SDK has', () => {
    expect(() => nonconformities('aws:rds/instanse:Instanse', {})).toThrow(/instanse\.d\.ts/);
  });
});

type Change = (value: unknown, name: string) => readonly [name: string, value: unknown];

/** All inputs that differ in one property of one object, however deep; keys of maps may be anything, so they stay. */
function changes(value: unknown, change: Change): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      changes(item, change).map(
        ([place, inner]) => [`[${index}]${place}`, value.with(index, inner)] as const,
      ),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const rest = Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
    const [newName, newValue] = change(item, name);
    const here = [`.${name}`, { ...rest, [newName]: newValue }] as const;
    if (/(tags|dimensions)$/i.test(name)) return [here];
    const below = changes(item, change).map(
      ([place, inner]) => [`.${name}${place}`, { ...rest, [name]: inner }] as const,
    );
    return [here, ...below];
  });
}

function otherKind(value: unknown): unknown {
  if (typeof value === 'string') return 7;
  return Array.isArray(value) ? { 0: 'one' } : 'text';
}
