/** The configuration of this repository's own stack: every key is described in Pulumi.yaml. */
import * as pulumi from '@pulumi/pulumi';
import type { RollupPlatformArgs } from './aws';
import { type Maps, readMaps } from './configSchema';
import type { Connection } from './connection/connection';
import { asConnection } from './provider/connection';
import { stop } from './provider/stop';

/** Either a database that is reached by `connection`, or one that AWS has or gets. */
export type StackConfig = {
  /** Folder of the definitions, relative to the folder of Pulumi.yaml. */
  readonly rollups: string;
  /** Whether rollups of other stacks are taken over. */
  readonly adopt?: true;
} & ({ readonly connection: Connection } | { readonly platform: RollupPlatformArgs });

const ENGINES = ['connection', 'existing', 'rds', 'aurora', 'aurora-serverless'];

/** Reads `Pulumi.<stack>.yaml`; mistakes there end the program with a sentence each. */
export function readConfig(): StackConfig {
  const config = new pulumi.Config('tidemark');
  const rollups = config.get('rollups') ?? 'rollups';
  const engine = config.get('engine') ?? 'connection';
  if (!ENGINES.includes(engine)) {
    throw stop(`In the configuration, tidemark:engine must be one of ${ENGINES.join(', ')}.`);
  }
  const shared = { rollups, ...(config.getBoolean('adopt') === true ? { adopt: true as const } : {}) };
  if (engine === 'connection') return { ...shared, connection: readConnection(config) };
  const { maps, problems } = readMaps((name) => objectOf(config, name));
  if (engine === 'existing' && maps.existing === undefined && problems.length === 0) {
    throw stop(
      'The configuration tidemark:existing is missing. Set it to { arn } or { host }, as Pulumi.yaml describes.',
    );
  }
  const vault = maps.backup?.vault;
  const copyTo = typeof vault === 'object' ? vault.copyTo : undefined;
  if (copyTo !== undefined && copyTo.region === new pulumi.Config('aws').get('region')) {
    problems.push(
      `tidemark:backup.vault.copyTo.region is ${copyTo.region}, the region of the database. If that region is lost, the copy is lost, too. Name another region.`,
    );
  }
  if (engine === 'existing' && maps.alarms !== undefined) {
    problems.push(
      'tidemark:alarms is only for a database that this stack creates. Remove it, and declare a Watch in your own program.',
    );
  }
  if (problems.length > 0) throw stop(['The configuration has mistakes:', ...problems].join('\n  '));
  const platform = { ...shared, ...common(config, maps), ...special(config, engine, maps) };
  // The maps are checked against the same types; only that an absent option is never `undefined` does not show in zod's.
  return { rollups, platform: platform as unknown as RollupPlatformArgs };
}

/** Leaves out what is not set, so that the components' own defaults hold. */
function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
  ) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function common(config: pulumi.Config, maps: Maps) {
  const { tunnel, tags } = maps;
  return given({
    database: config.get('database'),
    allowReboot: config.getBoolean('allowReboot'),
    tunnel,
    tags,
    caFile: config.get('caFile'),
  });
}

function special(config: pulumi.Config, engine: string, maps: Maps): object {
  const { existing, storage, network, backup, parameters, alarms } = maps;
  if (engine === 'existing') return { existing };
  const serverless = engine === 'aurora-serverless';
  const onlyFor = <T>(applies: boolean, value: T): T | undefined => (applies ? value : undefined);
  return {
    engine,
    ...given({
      storage,
      network,
      backup,
      parameters,
      alarms,
      identifier: config.get('identifier'),
      engineVersion: config.get('engineVersion'),
      allowMajorVersionUpgrade: config.getBoolean('allowMajorVersionUpgrade'),
      // Left to follow allowMajorVersionUpgrade unless it is asked for.
      applyImmediately: config.getBoolean('applyImmediately') === true ? true : undefined,
      instanceClass: config.get('instanceClass'),
      minCapacity: onlyFor(serverless, config.getNumber('minCapacity')),
      maxCapacity: onlyFor(serverless, config.getNumber('maxCapacity')),
      readers: onlyFor(engine !== 'rds', numberOf(config, 'readers')),
      multiAz: config.getBoolean('multiAz'),
      maintenanceWindow: config.get('maintenanceWindow'),
      protect: config.getBoolean('protect'),
      finalSnapshot: config.getBoolean('finalSnapshot'),
      kmsKeyArn: config.get('kmsKeyArn'),
      bastion: config.getBoolean('bastion'),
      insights: config.get('insights'),
      monitoringInterval: config.getNumber('monitoringInterval'),
      logRetentionDays: config.getNumber('logRetentionDays'),
      dataApi: onlyFor(engine !== 'rds', config.getBoolean('dataApi')),
      estimate: config.getBoolean('estimate'),
    }),
  };
}

/** Text in Pulumi.yaml, where an option without a default is empty. */
function numberOf(config: pulumi.Config, name: string): number | undefined {
  return config.get(name) === '' ? undefined : config.getNumber(name);
}

function objectOf(config: pulumi.Config, name: string): unknown {
  try {
    return config.getObject(name);
  } catch {
    // The cause is left out: it would quote the value.
    throw stop(`The configuration tidemark:${name} is not a map.`);
  }
}

const HOW = 'Set it, for example: pulumi config set --path tidemark:connection.urlEnv TIDEMARK_DATABASE_URL';

function readConnection(config: pulumi.Config): Connection {
  let value: unknown;
  try {
    value = config.getObject('connection');
  } catch {
    // The cause is left out: it would quote the value, which may be a URL with a password.
    throw stop(`The configuration tidemark:connection is not a map. ${HOW}`);
  }
  if (value === undefined || (typeof value === 'object' && Object.keys(value ?? {}).length === 0)) {
    throw stop(
      `The configuration does not say which database to use: tidemark:engine is connection, but tidemark:connection is missing. ${HOW}`,
    );
  }
  try {
    return asConnection(value);
  } catch (error) {
    throw stop(`In the configuration, tidemark:${(error as Error).message}`);
  }
}
