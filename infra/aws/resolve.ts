/** Options with all defaults filled in. Pure, once the names of project and stack are given. */
import type { Input } from '@pulumi/pulumi';
import { DEFAULT_CIDR, isGiven } from './checksNetwork';
import { askedSpeed, DEFAULT_SIZE_GB, defaultMaxSizeGb } from './checksStorage';
import { expectedSettings, groupParameters, type Parameter } from './parameters';
import { DEFAULT_SCHEDULE } from './schedule';
import type { DatabaseEngine, GivenNetworkArgs, NewDatabaseArgs } from './types';
import { DEFAULT_CLASS, DEFAULT_VERSION, familyOf, majorOf } from './versions';
import { DEFAULT_BACKUP_WINDOW, DEFAULT_MAINTENANCE_WINDOW } from './windows';

export interface Origin {
  readonly project: string;
  readonly stack: string;
}

export interface Vault {
  readonly retentionDays: number;
  readonly schedule: string;
  readonly copyTo: { readonly region: string; readonly retentionDays: number } | undefined;
}

/** A new database, decided. */
export interface Design {
  readonly engine: DatabaseEngine;
  readonly engineVersion: string;
  readonly family: string;
  readonly identifier: string;
  readonly database: string;
  readonly instanceClass: string;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly readers: number;
  readonly multiAz: boolean;
  readonly storage: {
    readonly sizeGb: number;
    readonly maxSizeGb: number;
    readonly iops: number | undefined;
    readonly throughput: number | undefined;
  };
  readonly network:
    | { readonly given: GivenNetworkArgs }
    | { readonly given: undefined; readonly cidr: string; readonly availabilityZones: 2 | 3 };
  readonly allow: { readonly securityGroupIds: readonly Input<string>[]; readonly cidrs: readonly string[] };
  readonly backupRetentionDays: number;
  readonly backupWindow: string;
  readonly maintenanceWindow: string;
  readonly vault: Vault | undefined;
  readonly protect: boolean;
  readonly finalSnapshot: boolean;
  readonly kmsKeyArn: Input<string> | undefined;
  readonly parameters: readonly Parameter[];
  /** What `pg_settings` shows once the parameters are in force. */
  readonly settings: Readonly<Record<string, string>>;
  readonly allowMajorVersionUpgrade: boolean;
  readonly applyImmediately: boolean;
  readonly bastion: boolean;
  readonly insights: 'standard' | 'advanced';
  readonly insightsRetentionDays: number;
  readonly monitoringInterval: number;
  readonly logRetentionDays: number;
  readonly dataApi: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** Small letters, digits and single hyphens, as RDS wants its names. */
function asIdentifier({ project, stack }: Origin): string {
  const text = `${project}-${stack}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return (
    text
      .replace(/^[^a-z]+/, '')
      .slice(0, 50)
      .replace(/-$/, '') || 'tidemark'
  );
}

export function tagsOf(tags: Readonly<Record<string, string>> | undefined, origin: Origin) {
  return { 'tidemark:project': origin.project, 'tidemark:stack': origin.stack, ...tags };
}

function vaultOf(vault: NonNullable<NewDatabaseArgs['backup']>['vault']): Vault | undefined {
  if (vault === undefined || vault === false) return undefined;
  const { retentionDays = 35, schedule = DEFAULT_SCHEDULE, copyTo } = vault === true ? {} : vault;
  return {
    retentionDays,
    schedule,
    copyTo: copyTo === undefined ? undefined : { retentionDays, ...copyTo },
  };
}

/** Of options without a mistake. */
export function resolve(args: NewDatabaseArgs, origin: Origin): Design {
  const { engine, backup = {}, storage = {}, network = {} } = args;
  const { engineVersion = DEFAULT_VERSION, instanceClass = DEFAULT_CLASS[engine], maxCapacity = 16 } = args;
  const database = args.database ?? 'metrics';
  const sizeGb = storage.sizeGb ?? DEFAULT_SIZE_GB;
  const multiAz = args.multiAz ?? (engine === 'rds' || args.readers !== 0);
  const allowMajorVersionUpgrade = args.allowMajorVersionUpgrade ?? false;
  const insights = args.insights ?? 'standard';
  const own = { database, instanceClass, maxCapacity, parameters: args.parameters ?? {} };
  const parameters = groupParameters(own);
  return {
    engine,
    engineVersion,
    family: familyOf(engine, majorOf(engineVersion) ?? DEFAULT_VERSION),
    identifier: args.identifier ?? asIdentifier(origin),
    database,
    instanceClass,
    minCapacity: args.minCapacity ?? 2,
    maxCapacity,
    readers: engine === 'rds' ? 0 : (args.readers ?? (multiAz ? 1 : 0)),
    multiAz,
    storage: {
      sizeGb,
      maxSizeGb: storage.maxSizeGb ?? defaultMaxSizeGb(sizeGb),
      ...askedSpeed(sizeGb, storage),
    },
    network: isGiven(network)
      ? { given: network }
      : {
          given: undefined,
          cidr: network.cidr ?? DEFAULT_CIDR,
          availabilityZones: network.availabilityZones ?? 3,
        },
    allow: {
      securityGroupIds: network.allow?.securityGroupIds ?? [],
      cidrs: network.allow?.cidrs ?? [],
    },
    backupRetentionDays: backup.retentionDays ?? 14,
    backupWindow: backup.window ?? DEFAULT_BACKUP_WINDOW,
    maintenanceWindow: args.maintenanceWindow ?? DEFAULT_MAINTENANCE_WINDOW,
    vault: vaultOf(backup.vault),
    protect: args.protect ?? true,
    finalSnapshot: args.finalSnapshot ?? true,
    kmsKeyArn: args.kmsKeyArn,
    parameters,
    settings: expectedSettings(parameters),
    allowMajorVersionUpgrade,
    applyImmediately: args.applyImmediately ?? allowMajorVersionUpgrade,
    bastion: args.bastion ?? false,
    insights,
    // What each mode asks for; more would cost more, less is refused.
    insightsRetentionDays: insights === 'advanced' ? 465 : 7,
    monitoringInterval: args.monitoringInterval ?? 60,
    logRetentionDays: args.logRetentionDays ?? 30,
    dataApi: args.dataApi ?? false,
    tags: tagsOf(args.tags, origin),
  };
}
