/** What RDS refuses of an instance or a cluster: each rule by a name that its test uses. */
import type { Data } from '../plugin/values';
import type { Rule } from './refusal';

/** An instance or a cluster, in the words of the API that both share. */
export interface Wish {
  readonly aurora: boolean;
  readonly identifier: string;
  readonly taken: boolean;
  /** `null`: no such group. */
  readonly groupFamily: string | null;
  readonly groupName: string;
  readonly subnetGroupExists: boolean;
  readonly inputs: Data;
}

export interface Change extends Wish {
  readonly before: Data;
}

export interface Removal {
  readonly kind: 'Instance' | 'Cluster';
  readonly inputs: Data;
  readonly members: readonly string[];
  readonly snapshots: ReadonlySet<string>;
}

/** Those of which a Debian release has the server. */
export const MAJORS: readonly number[] = [15, 17, 18];

export const major = (version: unknown): number => Number.parseInt(String(version ?? '17'), 10);
export const familyOf = (aurora: boolean, version: unknown): string =>
  `${aurora ? 'aurora-postgresql' : 'postgres'}${major(version)}`;

/** What RDS takes for a version without a minor one, whatever runs by now: the default one, which `Rds` starts with, too. */
const DEFAULT_MINOR = 9;

/** `17` as RDS reads it. */
function resolved(version: unknown): {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
} {
  const [first = '', second = String(DEFAULT_MINOR)] = String(version ?? '17').split('.');
  return { text: `${first}.${second}`, major: Number(first), minor: Number(second) };
}

/** Minor versions of all majors come out together: 17.1 with 16.5 and 15.9. */
const release = (version: unknown): number => 4 * resolved(version).major + resolved(version).minor;

const cannotUpgrade = ({ before, inputs }: Change): string =>
  `InvalidParameterCombination: Cannot upgrade ${inputs['engine']} from ${resolved(before['engineVersion']).text} to ${resolved(inputs['engineVersion']).text}`;

const number = (value: unknown): number => Number(value ?? 0);

/** Minutes after Monday, 00:00: of each day, or of the one that is named. */
function windowMinutes(text: unknown): readonly (readonly [number, number])[] {
  const day = (name: string): number => ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].indexOf(name);
  const found = /^(?:(\w{3}):)?(\d\d):(\d\d)-(?:(\w{3}):)?(\d\d):(\d\d)$/i.exec(String(text ?? ''));
  if (found === null) return [];
  const [, fromDay, h1, m1, toDay, h2, m2] = found;
  const [from, to] = [Number(h1) * 60 + Number(m1), Number(h2) * 60 + Number(m2)];
  if (fromDay !== undefined && toDay !== undefined)
    return [[day(fromDay.toLowerCase()) * 1440 + from, day(toDay.toLowerCase()) * 1440 + to]];
  return Array.from(
    { length: 7 },
    (_, at) => [at * 1440 + from, at * 1440 + (to < from ? to + 1440 : to)] as const,
  );
}

const family: Rule<Wish> = ({ aurora, groupFamily, groupName, inputs }) => {
  const wanted = familyOf(aurora, inputs['engineVersion']);
  if (groupFamily === null) return `DBParameterGroupNotFound: DBParameterGroup not found: ${groupName}`;
  return groupFamily === wanted
    ? null
    : `InvalidParameterCombination: The parameter group ${groupName} with DBParameterGroupFamily ${groupFamily} can't be used for this instance. Please use a parameter group with DBParameterGroupFamily ${wanted}.`;
};

/** At creation and at every change. */
export const ALWAYS: Readonly<Record<string, Rule<Wish>>> = {
  'an engine of the other kind': ({ aurora, inputs }) => {
    const engine = aurora ? 'aurora-postgresql' : 'postgres';
    return inputs['engine'] === engine
      ? null
      : `InvalidParameterValue: Invalid DB engine: ${String(inputs['engine'])}`;
  },
  'an engine version that does not exist': ({ inputs }) => {
    const version = String(inputs['engineVersion'] ?? '17');
    if (/^16(\.\d+)?$/.test(version)) return 'The stand-in has PostgreSQL 15, 17 and 18 only.';
    return /^\d+(\.\d+)?$/.test(version) && MAJORS.includes(major(version))
      ? null
      : `InvalidParameterCombination: Cannot find version ${version} for ${String(inputs['engine'])}`;
  },
  'an identifier in another form': ({ identifier }) =>
    /^[a-z](-?[a-z0-9])*$/.test(identifier) && identifier.length <= 63
      ? null
      : `InvalidParameterValue: The parameter DBInstanceIdentifier is not a valid identifier: ${identifier}`,
  'a managed password and one of its own': ({ inputs }) =>
    inputs['manageMasterUserPassword'] === true &&
    (inputs['password'] ?? inputs['masterPassword'] ?? inputs['passwordWo']) !== undefined
      ? "InvalidParameterCombination: You can't specify MasterUserPassword for an instance with ManageMasterUserPassword enabled."
      : null,
  'a parameter group that is not there, or of another family': family,
  'a subnet group that is not there': ({ subnetGroupExists, inputs }) =>
    subnetGroupExists
      ? null
      : `DBSubnetGroupNotFoundFault: DB subnet group '${inputs['dbSubnetGroupName']}' does not exist.`,
  'monitoring without a role': ({ inputs }) =>
    number(inputs['monitoringInterval']) > 0 && inputs['monitoringRoleArn'] === undefined
      ? 'InvalidParameterCombination: A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.'
      : null,
  'a monitoring interval between the steps': ({ inputs }) =>
    [0, 1, 5, 10, 15, 30, 60].includes(number(inputs['monitoringInterval']))
      ? null
      : 'InvalidParameterValue: MonitoringInterval must be one of 0, 1, 5, 10, 15, 30, 60.',
  'advanced insights with a short memory': ({ inputs }) =>
    inputs['databaseInsightsMode'] === 'advanced' &&
    (inputs['performanceInsightsEnabled'] !== true ||
      number(inputs['performanceInsightsRetentionPeriod']) < 465)
      ? 'InvalidParameterCombination: To enable the Advanced mode of Database Insights, enable Performance Insights with a retention of at least 465 days.'
      : null,
  'a retention of insights between the steps': ({ inputs }) => {
    const days = number(inputs['performanceInsightsRetentionPeriod'] ?? 7);
    return [7, 465, 731].includes(days) || (days % 31 === 0 && days > 0 && days < 731)
      ? null
      : `InvalidParameterValue: Invalid Performance Insights retention period: ${days}`;
  },
  'backups for more than 35 days, or none on Aurora': ({ aurora, inputs }) => {
    const days = number(inputs['backupRetentionPeriod'] ?? 1);
    return days >= (aurora ? 1 : 0) && days <= 35
      ? null
      : `InvalidParameterValue: Invalid backup retention period: ${days}`;
  },
  'windows that overlap': ({ inputs }) => {
    const backup = windowMinutes(inputs['backupWindow'] ?? inputs['preferredBackupWindow']);
    const maintenance = windowMinutes(inputs['maintenanceWindow'] ?? inputs['preferredMaintenanceWindow']);
    return backup.some(([a, b]) => maintenance.some(([c, d]) => a < d && c < b))
      ? 'InvalidParameterValue: The backup window and maintenance window must not overlap.'
      : null;
  },
  'a log that is not exported': ({ inputs }) => {
    const logs = (inputs['enabledCloudwatchLogsExports'] ?? []) as readonly string[];
    const wrong = logs.filter(
      (log) => !['postgresql', 'upgrade', 'iam-db-auth-error', 'instance'].includes(log),
    );
    return wrong.length === 0
      ? null
      : `InvalidParameterCombination: You cannot use the log types '${wrong.join(', ')}' with engine version ${inputs['engine']}.`;
  },
  'a key without encryption': ({ inputs }) =>
    inputs['kmsKeyId'] !== undefined && inputs['storageEncrypted'] !== true
      ? 'InvalidParameterCombination: KmsKeyId requires StorageEncrypted.'
      : null,
};

/** Of the storage that an instance has and a cluster has not. */
export const STORAGE: Readonly<Record<string, Rule<Wish>>> = {
  'less storage than a volume has': ({ inputs }) =>
    number(inputs['allocatedStorage']) >= 20
      ? null
      : `InvalidParameterValue: Invalid storage size for engine name postgres and storage type ${inputs['storageType']}: ${number(inputs['allocatedStorage'])}`,
  'a ceiling of storage below its floor': ({ inputs }) =>
    inputs['maxAllocatedStorage'] === undefined ||
    number(inputs['maxAllocatedStorage']) > number(inputs['allocatedStorage'])
      ? null
      : 'InvalidParameterCombination: Max storage size must be greater than storage size',
  'paid throughput on a small volume': ({ inputs }) =>
    inputs['storageType'] === 'gp3' &&
    (inputs['iops'] ?? inputs['storageThroughput']) !== undefined &&
    number(inputs['allocatedStorage']) < 400
      ? "InvalidParameterCombination: You can't specify IOPS or storage throughput for engine postgres and a storage size less than 400."
      : null,
};

export const CREATION: Readonly<Record<string, Rule<Wish>>> = {
  'an identifier that is taken': ({ taken, identifier }) =>
    taken ? `DBInstanceAlreadyExists: DB instance already exists: ${identifier}` : null,
  'no password at all': ({ inputs }) =>
    inputs['manageMasterUserPassword'] === true ||
    (inputs['password'] ?? inputs['masterPassword'] ?? inputs['passwordWo']) !== undefined
      ? null
      : 'InvalidParameterValue: The parameter MasterUserPassword must be provided and must not be blank.',
  'a reserved name for the master user': ({ inputs }) => {
    const name = String(inputs['username'] ?? inputs['masterUsername'] ?? '');
    return /^(?!rds|pg_|admin$|public$)[a-zA-Z]\w{0,62}$/.test(name)
      ? null
      : `InvalidParameterValue: MasterUsername ${name} cannot be used as it is a reserved word used by the engine`;
  },
  'a first database with a name of another form': ({ inputs }) => {
    const name = inputs['dbName'] ?? inputs['databaseName'];
    return name === undefined || /^[a-zA-Z]\w{0,62}$/.test(String(name))
      ? null
      : 'InvalidParameterValue: DBName must begin with a letter and contain only alphanumeric characters.';
  },
};

export const CHANGE: Readonly<Record<string, Rule<Change>>> = {
  'storage that shrinks': ({ before, inputs }) =>
    number(inputs['allocatedStorage']) < number(before['allocatedStorage'])
      ? `InvalidParameterValue: Invalid storage size for engine name postgres and storage type ${inputs['storageType']}: ${inputs['allocatedStorage']}`
      : null,
  'storage that grows by less than a tenth': ({ before, inputs }) => {
    const [old, wanted] = [number(before['allocatedStorage']), number(inputs['allocatedStorage'])];
    return wanted > old && wanted < old * 1.1
      ? 'InvalidParameterCombination: The storage size must be increased by at least 10 percent.'
      : null;
  },
  'storage that grows to four volumes with the IOPS of one': ({ before, inputs }) => {
    const [old, wanted] = [number(before['allocatedStorage']), number(inputs['allocatedStorage'])];
    // The provider sends what it has found where nothing is asked for.
    const iops = number(inputs['iops'] ?? 3000);
    return inputs['storageType'] === 'gp3' && old < 400 && wanted >= 400 && iops < 12_000
      ? `InvalidParameterCombination: Invalid iops value for engine name postgres and storage type gp3: ${iops}`
      : null;
  },
  'an older engine': (change) => {
    const [old, wanted] = [change.before, change.inputs].map((given) => resolved(given['engineVersion']));
    if (old === undefined || wanted === undefined) return null;
    const older = wanted.major === old.major ? wanted.minor < old.minor : wanted.major < old.major;
    return older ? cannotUpgrade(change) : null;
  },
  'a major version from before the present minor one': (change) => {
    const [old, wanted] = [change.before['engineVersion'], change.inputs['engineVersion']];
    return major(wanted) > major(old) && release(wanted) < release(old) ? cannotUpgrade(change) : null;
  },
  'a new major version that was not allowed': ({ before, inputs }) =>
    major(inputs['engineVersion']) > major(before['engineVersion']) &&
    inputs['allowMajorVersionUpgrade'] !== true
      ? 'InvalidParameterCombination: The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.'
      : null,
};

export const REMOVAL: Readonly<Record<string, Rule<Removal>>> = {
  'what is protected': ({ kind, inputs }) =>
    inputs['deletionProtection'] === true
      ? `InvalidParameterCombination: Cannot delete protected DB ${kind}, please disable deletion protection and try again.`
      : null,
  'a cluster that has instances': ({ members }) =>
    members.length > 0
      ? 'InvalidDBClusterStateFault: Cluster cannot be deleted, it still contains DB instances in non-deleting state.'
      : null,
  'no last snapshot and no leave to do without': ({ inputs }) =>
    inputs['skipFinalSnapshot'] === true || inputs['finalSnapshotIdentifier'] !== undefined
      ? null
      : 'final_snapshot_identifier is required when skip_final_snapshot is false',
  'a last snapshot whose name is taken': ({ inputs, snapshots }) =>
    inputs['skipFinalSnapshot'] !== true && snapshots.has(String(inputs['finalSnapshotIdentifier']))
      ? `DBSnapshotAlreadyExists: Cannot create the snapshot because a snapshot with the identifier ${inputs['finalSnapshotIdentifier']} already exists.`
      : null,
};
