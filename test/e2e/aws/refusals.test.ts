/** What the stand-in refuses, as RDS does: a product that asks for it must fail here and not only on AWS. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../../standin/cloud';
import {
  ALWAYS,
  CHANGE,
  type Change,
  CREATION,
  familyOf,
  REMOVAL,
  type Removal,
  STORAGE,
} from '../../standin/cloud/databaseRules';
import { obey, type Rule } from '../../standin/cloud/refusal';
import { create, remove, startCloud, update } from './cloudHelper';

const GROUP = 'aws:rds/parameterGroup:ParameterGroup';
const CLUSTER_GROUP = 'aws:rds/clusterParameterGroup:ClusterParameterGroup';
const INSTANCE = 'aws:rds/instance:Instance';

const inputs = {
  engine: 'postgres',
  engineVersion: '18',
  allocatedStorage: 100,
  storageType: 'gp3',
  username: 'postgres',
  manageMasterUserPassword: true,
  backupWindow: '03:00-04:00',
  maintenanceWindow: 'sun:04:30-sun:05:30',
  storageEncrypted: true,
  kmsKeyId: 'key',
};
const good: Change = {
  aurora: false,
  identifier: 'metrics-prod',
  taken: false,
  groupName: 'group',
  groupFamily: 'postgres18',
  subnetGroupExists: true,
  inputs,
  before: inputs,
};
const removal: Removal = {
  kind: 'Instance',
  inputs: { skipFinalSnapshot: true },
  members: [],
  snapshots: new Set(['taken']),
};

/** For every rule, what breaks it. */
const BROKEN: Readonly<Record<string, Partial<Omit<Change, 'inputs'>> & { inputs?: object }>> = {
  'an engine of the other kind': { inputs: { engine: 'aurora-postgresql' } },
  'an engine version that does not exist': { inputs: { engineVersion: '19' } },
  'an identifier in another form': { identifier: 'Metrics--prod' },
  'a managed password and one of its own': { inputs: { password: 'x' } },
  'a parameter group that is not there, or of another family': { groupFamily: 'postgres15' },
  'a subnet group that is not there': { subnetGroupExists: false },
  'monitoring without a role': { inputs: { monitoringInterval: 60 } },
  'a monitoring interval between the steps': { inputs: { monitoringInterval: 20, monitoringRoleArn: 'arn' } },
  'advanced insights with a short memory': { inputs: { databaseInsightsMode: 'advanced' } },
  'a retention of insights between the steps': { inputs: { performanceInsightsRetentionPeriod: 100 } },
  'backups for more than 35 days, or none on Aurora': { inputs: { backupRetentionPeriod: 36 } },
  'windows that overlap': { inputs: { backupWindow: '04:00-05:00' } },
  'a log that is not exported': { inputs: { enabledCloudwatchLogsExports: ['error'] } },
  'a key without encryption': { inputs: { storageEncrypted: false } },
  'less storage than a volume has': { inputs: { allocatedStorage: 10 } },
  'a ceiling of storage below its floor': { inputs: { maxAllocatedStorage: 50 } },
  'paid throughput on a small volume': { inputs: { iops: 12_000 } },
  'an identifier that is taken': { taken: true },
  'no password at all': { inputs: { manageMasterUserPassword: false } },
  'a reserved name for the master user': { inputs: { username: 'rdsadmin' } },
  'a first database with a name of another form': { inputs: { dbName: '1st' } },
  'storage that shrinks': { inputs: { allocatedStorage: 50 } },
  'storage that grows by less than a tenth': { inputs: { allocatedStorage: 105 } },
  'storage that grows to four volumes with the IOPS of one': { inputs: { allocatedStorage: 400 } },
  'an older engine': { before: { ...inputs, engineVersion: '18.3' }, inputs: { engineVersion: '18.1' } },
  'a major version from before the present minor one': {
    before: { ...inputs, engineVersion: '15.22' },
    inputs: { allowMajorVersionUpgrade: true },
  },
  'a new major version that was not allowed': { before: { ...inputs, engineVersion: '15' } },
};

const REMOVED: Readonly<Record<string, Partial<Removal>>> = {
  'what is protected': { inputs: { deletionProtection: true, skipFinalSnapshot: true } },
  'a cluster that has instances': { members: ['one'] },
  'no last snapshot and no leave to do without': { inputs: {} },
  'a last snapshot whose name is taken': { inputs: { finalSnapshotIdentifier: 'taken' } },
};

describe('the rules of RDS', () => {
  const rules: Readonly<Record<string, Rule<Change>>> = { ...ALWAYS, ...STORAGE, ...CREATION, ...CHANGE };

  it('let pass what is good', () => {
    expect(() => obey(rules, good)).not.toThrow();
    expect(() => obey(REMOVAL, removal)).not.toThrow();
  });

  it('each have a case here', () => {
    expect(Object.keys(BROKEN)).toEqual(Object.keys(rules));
    expect(Object.keys(REMOVED)).toEqual(Object.keys(REMOVAL));
  });

  it.each(Object.entries(BROKEN))('refuse %s', (name, change) => {
    const asked: Change = { ...good, ...change, inputs: { ...inputs, ...change.inputs } };
    expect(rules[name]?.(asked)).toMatch(/\w/);
  });

  it('let storage grow to four volumes with the IOPS that they have', () => {
    const fast = { allocatedStorage: 400, iops: 12_000, storageThroughput: 500 };
    expect(() => obey(rules, { ...good, inputs: { ...inputs, ...fast } })).not.toThrow();
  });

  it.each([
    // A major version alone is its default minor one, which an automatic upgrade may have passed.
    ['17.10', '17', /from 17\.10 to 17\.9/],
    ['15.18', '17', /from 15\.18 to 17\.9/],
    ['15.18', '17.9', /from 15\.18 to 17\.9/],
    ['15.18', '17.10', null],
    ['15', '17', null],
    ['17.6', '17', null],
    ['17', '17.10', null],
  ])('from %s to %s', (present, engineVersion, refusal) => {
    const asked = { ...inputs, engineVersion, allowMajorVersionUpgrade: true };
    const changing = () =>
      obey(CHANGE, { ...good, before: { ...inputs, engineVersion: present }, inputs: asked });
    if (refusal === null) expect(changing).not.toThrow();
    else expect(changing).toThrow(refusal);
  });

  it.each(Object.entries(REMOVED))('refuse to delete with %s', (name, change) => {
    expect(REMOVAL[name]?.({ ...removal, ...change })).toMatch(/\w/);
  });

  it('know the families', () => {
    expect([familyOf(false, '15.4'), familyOf(true, '18')]).toEqual(['postgres15', 'aurora-postgresql18']);
  });
});

describe('a parameter group', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud('refusals');
  });
  afterAll(() => cloud?.close());

  const group = (family: string, name: string, value: string, applyMethod = 'immediate') =>
    create(cloud, family.startsWith('aurora') ? CLUSTER_GROUP : GROUP, {
      name: `${family}-${name}-${value}`,
      family,
      parameters: [{ name, value, applyMethod }],
    });

  it.each([
    ['postgres18', 'max_connection', '5', /Could not find parameter with name: max_connection/],
    ['postgres18', 'fsync', '0', /cannot be modified/],
    ['postgres18', 'max_connections', '500', /cannot use immediate apply method for static parameter/],
    ['postgres18', 'log_min_duration_statement', '5s', /allowed values are: -1-/],
    ['postgres18', 'random_page_cost', 'cheap', /allowed values are/],
    ['postgres15', 'jit', 'off', /allowed values are: 0,1/],
    ['postgres15', 'cron.log_statement', '0', /static parameter|on,off/],
    ['postgres18', 'log_connections', '1', /allowed values are: receipt, .*, all/],
    ['postgres15', 'log_connections', 'all', /allowed values are: 0,1/],
    ['aurora-postgresql18', 'max_wal_size', '4096', /Could not find parameter/],
    ['postgres12', 'jit', '0', /not a valid parameter group family/],
  ])('of %s takes no %s = %s', async (family, name, value, reason) => {
    await expect(group(family, name, value)).rejects.toThrow(reason);
  });

  it('takes no library that RDS has not', async () => {
    const libraries = 'pg_cron,timescaledb';
    await expect(
      group('postgres18', 'shared_preload_libraries', libraries, 'pending-reboot'),
    ).rejects.toThrow(/allowed values are: .*pg_cron/);
  });

  it('is not deleted while a database uses it', async () => {
    await create(cloud, GROUP, { name: 'used', family: 'postgres15', parameters: [] });
    const wish = {
      ...inputs,
      identifier: 'used',
      engineVersion: '15',
      parameterGroupName: 'used',
      skipFinalSnapshot: true,
      instanceClass: 'db.m7g.large',
    };
    await create(cloud, INSTANCE, wish);
    await expect(remove(cloud, GROUP, 'used')).rejects.toThrow(/still members of this parameter group/);
    await update(cloud, INSTANCE, 'used', { ...wish, deletionProtection: true });
    await expect(remove(cloud, INSTANCE, 'used')).rejects.toThrow(/Cannot delete protected DB Instance/);
    await update(cloud, INSTANCE, 'used', wish);
    await remove(cloud, INSTANCE, 'used');
    await remove(cloud, GROUP, 'used');
  });

  it('is refused where the SDK has no such input', async () => {
    const question = {
      type: GROUP,
      name: 'x',
      id: '',
      token: '',
      inputs: {},
      olds: {},
      args: {},
      ignored: [],
    };
    const answer = await cloud.resources.answer('check', { ...question, news: { famly: 'postgres18' } });
    expect(answer).toMatchObject({
      problems: [
        expect.stringContaining('no input famly'),
        expect.stringContaining('needs the input family'),
      ],
    });
  });
});
