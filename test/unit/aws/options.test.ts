import { describe, expect, it } from 'vitest';
import type { NewDatabaseArgs } from '../../../infra/aws';
import { all } from './mocks';
import { build, databaseOf, ENGINES, serversOf, TYPES } from './stacks';

type Options = Omit<NewDatabaseArgs, 'engine'>;
type Row = readonly [options: Options, inputs: Readonly<Record<string, unknown>>];

/** The same on instance and cluster. */
const SHARED: readonly Row[] = [
  [{ engineVersion: '16.9' }, { engineVersion: '16.9' }],
  [
    { protect: false },
    {
      deletionProtection: false,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: 'metrics-prod-final-1a2b3c4',
    },
  ],
  [
    { finalSnapshot: false },
    {
      deletionProtection: true,
      skipFinalSnapshot: true,
      deleteAutomatedBackups: true,
      finalSnapshotIdentifier: undefined,
    },
  ],
  [{ backup: { retentionDays: 35 } }, { backupRetentionPeriod: 35 }],
  [{ allowMajorVersionUpgrade: true }, { allowMajorVersionUpgrade: true, applyImmediately: true }],
  [
    { allowMajorVersionUpgrade: true, applyImmediately: false },
    { allowMajorVersionUpgrade: true, applyImmediately: false },
  ],
  [{ applyImmediately: true }, { allowMajorVersionUpgrade: false, applyImmediately: true }],
  [{ insights: 'advanced' }, { databaseInsightsMode: 'advanced', performanceInsightsRetentionPeriod: 465 }],
  [
    { kmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1' },
    {
      kmsKeyId: 'arn:aws:kms:eu-central-1:123456789012:key/1',
      masterUserSecretKmsKeyId: 'arn:aws:kms:eu-central-1:123456789012:key/1',
      performanceInsightsKmsKeyId: 'arn:aws:kms:eu-central-1:123456789012:key/1',
    },
  ],
];

const RDS: readonly Row[] = [
  [{ identifier: 'other' }, { identifier: 'other', finalSnapshotIdentifier: 'other-final-1a2b3c4' }],
  [{ instanceClass: 'db.r8g.2xlarge' }, { instanceClass: 'db.r8g.2xlarge' }],
  [{ multiAz: false }, { multiAz: false }],
  [
    { storage: { sizeGb: 200 } },
    { allocatedStorage: 200, maxAllocatedStorage: 1000, iops: undefined, storageThroughput: undefined },
  ],
  [{ storage: { sizeGb: 399 } }, { allocatedStorage: 399, iops: undefined, storageThroughput: undefined }],
  [{ storage: { sizeGb: 400 } }, { allocatedStorage: 400, iops: 12_000, storageThroughput: 500 }],
  [{ storage: { sizeGb: 500 } }, { allocatedStorage: 500, iops: 12_000, storageThroughput: 500 }],
  [{ storage: { sizeGb: 500, iops: 20_000 } }, { iops: 20_000, storageThroughput: 500 }],
  [{ storage: { sizeGb: 500, throughput: 1500 } }, { iops: 12_000, storageThroughput: 1500 }],
  [
    { storage: { sizeGb: 400, maxSizeGb: 900, iops: 20_000, throughput: 1500 } },
    {
      allocatedStorage: 400,
      maxAllocatedStorage: 900,
      iops: 20_000,
      storageThroughput: 1500,
      storageType: 'gp3',
    },
  ],
  [{ storage: { sizeGb: 40_000 } }, { allocatedStorage: 40_000, maxAllocatedStorage: 65_536 }],
  [
    { backup: { window: '01:00-02:00' }, maintenanceWindow: 'mon:02:00-mon:03:00' },
    { backupWindow: '01:00-02:00', maintenanceWindow: 'mon:02:00-mon:03:00' },
  ],
];

const AURORA: readonly Row[] = [
  [{ identifier: 'other' }, { clusterIdentifier: 'other', finalSnapshotIdentifier: 'other-final-1a2b3c4' }],
  [{ dataApi: true }, { enableHttpEndpoint: true }],
  [
    { backup: { window: '01:00-02:00' }, maintenanceWindow: 'mon:02:00-mon:03:00' },
    { preferredBackupWindow: '01:00-02:00', preferredMaintenanceWindow: 'mon:02:00-mon:03:00' },
  ],
];

describe.each(ENGINES)('options of %s', (engine) => {
  it.each([...SHARED, ...(engine === 'rds' ? RDS : AURORA)])('%j: %j', async (options, inputs) => {
    const { resources } = await build({ engine, ...options });
    const found = databaseOf(resources).inputs;
    for (const [name, value] of Object.entries(inputs)) expect(found[name], name).toEqual(value);
  });

  it('protect: false lets Pulumi delete it', async () => {
    const { resources } = await build({
      engine,
      protect: false,
      backup: { vault: { copyTo: { region: 'eu-west-1' } } },
    });
    expect(resources.filter(({ options }) => options.protect)).toEqual([]);
  });

  it('finalSnapshot: false lets the key go as well', async () => {
    const { resources } = await build({ engine, protect: false, finalSnapshot: false });
    expect(resources.filter(({ options }) => options.retainOnDelete)).toEqual([]);
  });

  it('a given key is not made again', async () => {
    const { resources } = await build({ engine, kmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1' });
    expect(resources.filter(({ type }) => type.startsWith('aws:kms'))).toEqual([]);
  });

  it('monitoringInterval: 0 needs no role', async () => {
    const { resources } = await build({ engine, monitoringInterval: 0 });
    expect(all(resources, 'aws:iam/role:Role')).toEqual([]);
    for (const { inputs } of serversOf(resources)) {
      expect(inputs['monitoringInterval']).toBe(0);
      expect(inputs).not.toHaveProperty('monitoringRoleArn');
    }
  });

  it('logRetentionDays is that of every log', async () => {
    const { resources } = await build({ engine, logRetentionDays: 365 });
    const groups = all(resources, 'aws:cloudwatch/logGroup:LogGroup');
    expect(groups.length).toBeGreaterThan(0);
    for (const { inputs } of groups) expect(inputs['retentionInDays']).toBe(365);
  });

  it('database is what pg_cron runs in, and nobody else makes', async () => {
    const { resources, result } = await build({ engine, database: 'flights' });
    expect(databaseOf(resources).inputs).not.toHaveProperty(engine === 'rds' ? 'dbName' : 'databaseName');
    expect(result.database).toBe('flights');
    const server = all(resources, TYPES.server)[0]?.inputs;
    expect(server?.['parameters']).toMatchObject({ 'cron.database_name': 'flights' });
  });
});

describe('options of Aurora', () => {
  it.each([
    [{}, 2],
    [{ multiAz: false }, 1],
    [{ readers: 0 }, 1],
    [{ readers: 3 }, 4],
    [{ multiAz: true }, 2],
    [{ multiAz: false, readers: 2 }, 3],
  ] as const)('%j: %d instances', async (options, count) => {
    const { resources, result } = await build({ engine: 'aurora', ...options });
    const members = all(resources, TYPES.member);
    expect(members.map(({ inputs }) => inputs['identifier'])).toEqual(
      Array.from({ length: count }, (_, index) => `metrics-prod-${index + 1}`),
    );
    expect(result.instanceIdentifiers).toHaveLength(count);
  });

  it('capacity is that of the cluster', async () => {
    const { resources } = await build({ engine: 'aurora-serverless', minCapacity: 0.5, maxCapacity: 64 });
    expect(databaseOf(resources).inputs['serverlessv2ScalingConfiguration']).toEqual({
      minCapacity: 0.5,
      maxCapacity: 64,
    });
    for (const { inputs } of serversOf(resources)) expect(inputs['instanceClass']).toBe('db.serverless');
  });
});
