/** What is wrong with the options of a new database, one sentence each. Pure. */

import { booleanProblem, logConnectionsProblem } from './booleans';
import { networkProblems } from './checksNetwork';
import { storageProblems } from './checksStorage';
import { reservedReason } from './parameters';
import { DEFAULT_SCHEDULE, scheduleProblems } from './schedule';
import type { BackupVaultArgs, NewDatabaseArgs } from './types';
import { DEFAULT_VERSION, MAJOR_VERSIONS, majorOf } from './versions';
import { windowProblems } from './windows';

const ENGINES = ['rds', 'aurora', 'aurora-serverless'];
const MONITORING = [0, 1, 5, 10, 15, 30, 60];
/** Those that CloudWatch Logs takes. */
const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

type Problems = readonly string[];

function whole(name: string, value: number | undefined, from: number, to: number): Problems {
  if (value === undefined || (Number.isInteger(value) && value >= from && value <= to)) return [];
  return [`${name} is ${value}; it must be a whole number from ${from} to ${to}.`];
}

function oneOf(name: string, value: unknown, allowed: readonly unknown[]): Problems {
  if (value === undefined || allowed.includes(value)) return [];
  return [`${name} is ${String(value)}; it must be one of ${allowed.join(', ')}.`];
}

function names({ identifier, database }: NewDatabaseArgs): Problems {
  const found: string[] = [];
  if (identifier !== undefined && !/^(?=.{1,50}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(identifier)) {
    found.push(
      `identifier is ${identifier}; it must be at most 50 small letters, digits and single hyphens, starting with a letter.`,
    );
  }
  return [...found, ...databaseProblems(database)];
}

/** Also for a database that is there already. */
export function databaseProblems(database: string | undefined): Problems {
  if (database === undefined) return [];
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(database)) {
    return [
      `database is ${database}; it must be at most 63 small letters, digits and underscores, not starting with a digit.`,
    ];
  }
  if (['postgres', 'rdsadmin', 'template0', 'template1'].includes(database)) {
    return [
      `database is ${database}, which PostgreSQL or RDS creates itself; choose another name for the database of the rollups, such as metrics.`,
    ];
  }
  return [];
}

export function versionProblems(name: string, version: string | undefined): Problems {
  if (version === undefined || majorOf(version) !== undefined) return [];
  return [
    `${name} is ${version}; it must be ${MAJOR_VERSIONS.join(', ')} or a minor version of them, such as 17.6 (in YAML within quotes).`,
  ];
}

function classes({ engine, instanceClass }: NewDatabaseArgs): Problems {
  if (instanceClass === undefined) return [];
  const serverless = instanceClass === 'db.serverless';
  if (serverless !== (engine === 'aurora-serverless')) {
    return [
      serverless
        ? 'instanceClass is db.serverless, which needs engine: aurora-serverless.'
        : engine === 'aurora-serverless'
          ? `instanceClass is ${instanceClass}; on Aurora Serverless leave it out and give minCapacity and maxCapacity.`
          : '',
    ].filter((text) => text !== '');
  }
  return /^db\.[a-z0-9-]+(\.[a-z0-9-]+)?$/.test(instanceClass)
    ? []
    : [`instanceClass is ${instanceClass}; it must be a class of RDS, such as db.m7g.large.`];
}

function capacity({ engine, minCapacity, maxCapacity }: NewDatabaseArgs): Problems {
  if (engine !== 'aurora-serverless') {
    return minCapacity === undefined && maxCapacity === undefined
      ? []
      : [
          'minCapacity and maxCapacity are only for Aurora Serverless; leave them out or set engine: aurora-serverless.',
        ];
  }
  const found: string[] = [];
  const [least, most] = [minCapacity ?? 2, maxCapacity ?? 16];
  if (least < 0.5 || least > 256 || !Number.isInteger(2 * least)) {
    found.push(
      `minCapacity is ${least}; it must be 0.5 to 256 in halves (not 0: a paused database does not refresh).`,
    );
  }
  if (most < 1 || most > 256 || !Number.isInteger(2 * most)) {
    found.push(`maxCapacity is ${most}; it must be 1 to 256 in halves.`);
  }
  if (least > most) found.push(`minCapacity is ${least}, which is more than maxCapacity (${most}).`);
  return found;
}

function readers({ engine, readers: count, multiAz, dataApi }: NewDatabaseArgs): Problems {
  if (engine === 'rds') {
    const found: string[] = [];
    if (count !== undefined && count !== 0) {
      found.push(
        `readers is ${count}, but RDS for PostgreSQL makes no read replica of an instance whose master password it manages in Secrets Manager; leave it out, or use engine: aurora.`,
      );
    }
    if (dataApi === true) found.push('dataApi is only for Aurora; leave it out, or use engine: aurora.');
    return found;
  }
  const found = [...whole('readers', count, 0, 15)];
  if (multiAz === true && count === 0) {
    found.push(
      'multiAz is true and readers is 0, but on Aurora only a reader can take over from the writer; change one of them.',
    );
  }
  return found;
}

function vault(args: BackupVaultArgs): Problems {
  const copy = args.copyTo;
  return [
    ...whole('backup.vault.retentionDays', args.retentionDays, 1, 36500),
    ...whole('backup.vault.copyTo.retentionDays', copy?.retentionDays, 1, 36500),
    ...(args.schedule === undefined || /^(cron|rate)\(.+\)$/.test(args.schedule)
      ? []
      : [
          `backup.vault.schedule is ${args.schedule}; it must be a schedule of AWS, such as ${DEFAULT_SCHEDULE}.`,
        ]),
    ...(copy === undefined || /^[a-z]{2}(-[a-z]+)+-\d$/.test(copy.region)
      ? []
      : [`backup.vault.copyTo.region is ${copy.region}; it must be a region of AWS, such as eu-west-1.`]),
  ];
}

function parameters(args: NewDatabaseArgs): Problems {
  const major = Number(majorOf(args.engineVersion ?? DEFAULT_VERSION));
  return Object.entries(args.parameters ?? {}).flatMap(([name, value]) => {
    if (!/^[a-z_]+(\.[a-z_]+)?$/i.test(name))
      return [`parameters contains ${name}, which is not a valid name of a parameter.`];
    const problem =
      (name === 'log_connections' ? logConnectionsProblem(major, String(value)) : undefined) ??
      booleanProblem(name, value);
    if (problem !== undefined) return [problem];
    if (typeof value !== 'string') return [`parameters.${name} must be text; put the value in quotes.`];
    const reason = reservedReason(name, value);
    return reason === undefined ? [] : [`parameters.${name} may not be set to ${value}: ${reason}.`];
  });
}

function key({ kmsKeyArn }: NewDatabaseArgs): Problems {
  if (typeof kmsKeyArn !== 'string' || /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+$/.test(kmsKeyArn))
    return [];
  return [
    `kmsKeyArn is ${kmsKeyArn}; it must be the ARN of a key (not of an alias), such as arn:aws:kms:eu-central-1:123456789012:key/….`,
  ];
}

/** Every mistake at once, in the order of the options. */
export function newDatabaseProblems(args: NewDatabaseArgs): Problems {
  const { backup = {} } = args;
  return [
    ...(args.engine === undefined
      ? ['engine is missing; it must be one of rds, aurora, aurora-serverless.']
      : []),
    ...oneOf('engine', args.engine, ENGINES),
    ...names(args),
    ...versionProblems('engineVersion', args.engineVersion),
    ...classes(args),
    ...capacity(args),
    ...readers(args),
    ...storageProblems(args),
    ...networkProblems(args),
    ...whole('backup.retentionDays', backup.retentionDays, 7, 35),
    ...windowProblems(args),
    ...(typeof backup.vault === 'object' ? vault(backup.vault) : []),
    ...scheduleProblems(args),
    ...parameters(args),
    ...oneOf('insights', args.insights, ['standard', 'advanced']),
    ...oneOf('monitoringInterval', args.monitoringInterval, MONITORING),
    ...oneOf('logRetentionDays', args.logRetentionDays, LOG_DAYS),
    ...key(args),
  ];
}
