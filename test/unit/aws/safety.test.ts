import { describe, expect, it } from 'vitest';
import { all, only } from './mocks';
import { build, databaseOf, ENGINES, serversOf, TYPES } from './stacks';

const KEY = 'arn:mock:database-key';

/** Of instance and cluster alike, with no option but the engine. */
const SAFE: Readonly<Record<string, unknown>> = {
  engineVersion: '17',
  storageEncrypted: true,
  kmsKeyId: KEY,
  manageMasterUserPassword: true,
  masterUserSecretKmsKeyId: KEY,
  iamDatabaseAuthenticationEnabled: true,
  deletionProtection: true,
  skipFinalSnapshot: false,
  deleteAutomatedBackups: false,
  finalSnapshotIdentifier: 'metrics-prod-final-1a2b3c4',
  backupRetentionPeriod: 14,
  copyTagsToSnapshot: true,
  allowMajorVersionUpgrade: false,
  applyImmediately: false,
  databaseInsightsMode: 'standard',
  performanceInsightsEnabled: true,
  performanceInsightsKmsKeyId: KEY,
  performanceInsightsRetentionPeriod: 7,
  dbSubnetGroupName: 'database-subnets-1a2b3c4',
  vpcSecurityGroupIds: ['database-database-id'],
};

/** Of everything that runs PostgreSQL. */
const SAFE_SERVER: Readonly<Record<string, unknown>> = {
  publiclyAccessible: false,
  autoMinorVersionUpgrade: true,
  caCertIdentifier: 'rds-ca-rsa2048-g1',
  copyTagsToSnapshot: true,
  performanceInsightsEnabled: true,
  performanceInsightsKmsKeyId: KEY,
  performanceInsightsRetentionPeriod: 7,
  monitoringInterval: 60,
  monitoringRoleArn: 'arn:mock:database-monitoring',
  dbSubnetGroupName: 'database-subnets-1a2b3c4',
  applyImmediately: false,
};

const OWN = {
  rds: {
    engine: 'postgres',
    identifier: 'metrics-prod',
    instanceClass: 'db.m7g.large',
    multiAz: true,
    storageType: 'gp3',
    allocatedStorage: 100,
    maxAllocatedStorage: 500,
    username: 'postgres',
    backupWindow: '03:00-04:00',
    maintenanceWindow: 'sun:04:30-sun:05:30',
    enabledCloudwatchLogsExports: ['postgresql', 'upgrade'],
    parameterGroupName: 'database-parameters-1a2b3c4',
  },
  aurora: {
    engine: 'aurora-postgresql',
    engineMode: 'provisioned',
    clusterIdentifier: 'metrics-prod',
    masterUsername: 'postgres',
    enableHttpEndpoint: false,
    preferredBackupWindow: '03:00-04:00',
    preferredMaintenanceWindow: 'sun:04:30-sun:05:30',
    enabledCloudwatchLogsExports: ['postgresql'],
    dbClusterParameterGroupName: 'database-parameters-1a2b3c4',
  },
  'aurora-serverless': {
    engine: 'aurora-postgresql',
    engineMode: 'provisioned',
    clusterIdentifier: 'metrics-prod',
    masterUsername: 'postgres',
    enableHttpEndpoint: false,
    serverlessv2ScalingConfiguration: { minCapacity: 2, maxCapacity: 16 },
  },
} as const;

describe.each(ENGINES)('%s without any option', (engine) => {
  it.each(Object.entries({ ...SAFE, ...OWN[engine] }))('has %s: %j', async (name, value) => {
    const { resources } = await build({ engine });
    expect(databaseOf(resources).inputs[name]).toEqual(value);
  });

  it.each(Object.entries(SAFE_SERVER))('has servers with %s: %j', async (name, value) => {
    const { resources } = await build({ engine });
    for (const { inputs } of serversOf(resources)) expect(inputs[name]).toEqual(value);
  });

  it('keeps a minor version that is named, and follows them where none is', async () => {
    for (const [engineVersion, follows] of [
      ['17', true],
      ['17.6', false],
    ] as const) {
      const { resources } = await build({ engine, engineVersion });
      for (const { inputs } of serversOf(resources))
        expect([engineVersion, inputs['autoMinorVersionUpgrade']]).toEqual([engineVersion, follows]);
    }
  });

  it('keeps no password in any input', async () => {
    const { resources } = await build({ engine, bastion: true });
    for (const { inputs } of resources) {
      expect(
        Object.keys(inputs).filter(
          (name) => /password(Wo)?$/i.test(name) && name !== 'manageMasterUserPassword',
        ),
      ).toEqual([]);
    }
  });

  it('protects database and key, and keeps the key for the snapshot', async () => {
    const { resources } = await build({ engine });
    expect(databaseOf(resources).options.protect).toBe(true);
    const key = only(resources, 'aws:kms/key:Key');
    expect(key.options).toMatchObject({ protect: true, retainOnDelete: true });
    expect(key.inputs).toMatchObject({ enableKeyRotation: true, deletionWindowInDays: 30 });
    expect(only(resources, 'aws:kms/alias:Alias').inputs).toMatchObject({
      name: 'alias/tidemark/metrics-prod',
      targetKeyId: 'database-key-key-id',
    });
  });

  it('measures by a role that only RDS takes on', async () => {
    const { resources } = await build({ engine });
    const { assumeRolePolicy } = only(resources, 'aws:iam/role:Role', 'database-monitoring').inputs;
    expect(JSON.parse(String(assumeRolePolicy))).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'monitoring.rds.amazonaws.com' } },
      ],
    });
    expect(
      all(resources, 'aws:iam/rolePolicyAttachment:RolePolicyAttachment').map(({ inputs }) => inputs),
    ).toEqual([
      {
        role: 'database-monitoring-1a2b3c4',
        policyArn: 'arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole',
      },
    ]);
  });

  it('has its log groups before it writes to them', async () => {
    const { resources } = await build({ engine });
    const groups = all(resources, 'aws:cloudwatch/logGroup:LogGroup');
    const kind = engine === 'rds' ? 'instance' : 'cluster';
    const logs = engine === 'rds' ? ['postgresql', 'upgrade'] : ['postgresql'];
    expect(groups.map(({ inputs }) => inputs['name'])).toEqual(
      logs.map((log) => `/aws/rds/${kind}/metrics-prod/${log}`),
    );
    for (const { inputs } of groups) expect(inputs['retentionInDays']).toBe(30);
    expect(databaseOf(resources).options.dependsOn).toEqual(
      expect.arrayContaining(groups.map(({ type, name }) => `${type}::${name}`)),
    );
  });

  it('tags everything that takes tags', async () => {
    const tags = { team: 'platform', 'tidemark:stack': 'other' };
    const { resources } = await build({ engine, bastion: true, backup: { vault: true }, tags });
    const without = resources.filter(({ type, inputs }) => type.startsWith('aws:') && !('tags' in inputs));
    expect([...new Set(without.map(({ type }) => type))].sort()).toEqual([
      'aws:backup/selection:Selection',
      'aws:ec2/routeTableAssociation:RouteTableAssociation',
      'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
      'aws:kms/alias:Alias',
    ]);
    for (const { inputs } of resources.filter((one) => 'tags' in one.inputs)) {
      expect(inputs['tags']).toMatchObject({ 'tidemark:project': 'metrics', ...tags });
    }
  });

  it('has everything in the database deleted with it', async () => {
    const { resources } = await build({ engine, bastion: true });
    const { type, name } = databaseOf(resources);
    for (const one of [TYPES.server, TYPES.login]) {
      expect(only(resources, one).options.deletedWith).toBe(`${type}::${name}`);
    }
  });

  it('has every resource under the component', async () => {
    const { resources } = await build({ engine, bastion: true, backup: { vault: true } });
    const orphans = resources.filter(({ options }) => options.parent === '');
    expect(orphans.map(({ type }) => type)).toEqual(['tidemark:aws:RollupDatabase']);
  });
});

describe('Aurora', () => {
  it.each(['aurora', 'aurora-serverless'] as const)(
    '%s has a reader that takes over, in another zone',
    async (engine) => {
      const { resources } = await build({ engine });
      const members = all(resources, TYPES.member);
      expect(members.map(({ inputs }) => inputs)).toMatchObject([
        {
          identifier: 'metrics-prod-1',
          promotionTier: 0,
          clusterIdentifier: 'database-id',
          engineVersion: '17',
        },
        {
          identifier: 'metrics-prod-2',
          promotionTier: 1,
          clusterIdentifier: 'database-id',
          engineVersion: '17',
        },
      ]);
      const instanceClass = engine === 'aurora' ? 'db.r7g.large' : 'db.serverless';
      for (const { inputs } of members) expect(inputs['instanceClass']).toBe(instanceClass);
      // The writer is the first, so the second waits for it; a reader may be taken away again.
      expect(members.map(({ options }) => options.protect)).toEqual([true, false]);
      expect(members[1]?.options.dependsOn).toContain(`${TYPES.member}::database-1`);
    },
  );

  it('has one key for storage, secret and insights, and no scaling without Serverless', async () => {
    const { resources } = await build({ engine: 'aurora' });
    expect(databaseOf(resources).inputs).not.toHaveProperty('serverlessv2ScalingConfiguration');
  });
});
