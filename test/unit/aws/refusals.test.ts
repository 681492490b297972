import { describe, expect, it } from 'vitest';
import type { NewDatabaseArgs, RollupDatabaseArgs } from '../../../infra/aws';
import { RollupDatabase } from '../../../infra/aws';
import { newDatabaseProblems } from '../../../infra/aws/checks';
import { record } from './mocks';

type Given = Partial<Record<keyof NewDatabaseArgs, unknown>>;

/** As a program in JavaScript or a configuration would give it: with values that the types refuse. */
function problems(given: Given): readonly string[] {
  return newDatabaseProblems({ engine: 'rds', ...given } as NewDatabaseArgs);
}

const REFUSED: readonly (readonly [Given, ...string[]])[] = [
  [{ engine: undefined }, 'engine is missing; it must be one of rds, aurora, aurora-serverless.'],
  [{ engine: 'postgres' }, 'engine is postgres; it must be one of rds, aurora, aurora-serverless.'],
  ...['14', '19', '17.', '17.6.1', 'latest', ''].map(
    (version) =>
      [
        { engineVersion: version },
        `engineVersion is ${version}; it must be 15, 16, 17, 18 or a minor version of them, such as 17.6 (in YAML within quotes).`,
      ] as const,
  ),
  ...['Metrics', 'a--b', '-a', '1a', `a${'b'.repeat(50)}`].map(
    (identifier) =>
      [
        { identifier },
        `identifier is ${identifier}; it must be at most 50 small letters, digits and single hyphens, starting with a letter.`,
      ] as const,
  ),
  [
    { database: 'My-Metrics' },
    'database is My-Metrics; it must be at most 63 small letters, digits and underscores, not starting with a digit.',
  ],
  [
    { database: 'postgres' },
    'database is postgres, which PostgreSQL or RDS creates itself; choose another name for the database of the rollups, such as metrics.',
  ],
  [{ engine: 'aurora', readers: 16 }, 'readers is 16; it must be a whole number from 0 to 15.'],
  [
    { readers: 2 },
    'readers is 2, but RDS for PostgreSQL makes no read replica of an instance whose master password it manages in Secrets Manager; leave it out, or use engine: aurora.',
  ],
  [
    { engine: 'aurora', multiAz: true, readers: 0 },
    'multiAz is true and readers is 0, but on Aurora only a reader can take over from the writer; change one of them.',
  ],
  [{ dataApi: true }, 'dataApi is only for Aurora; leave it out, or use engine: aurora.'],
  [
    { instanceClass: 'db.serverless' },
    'instanceClass is db.serverless, which needs engine: aurora-serverless.',
  ],
  [
    { engine: 'aurora-serverless', instanceClass: 'db.r7g.large' },
    'instanceClass is db.r7g.large; on Aurora Serverless leave it out and give minCapacity and maxCapacity.',
  ],
  [
    { instanceClass: 'm7g.large' },
    'instanceClass is m7g.large; it must be a class of RDS, such as db.m7g.large.',
  ],
  [
    { maxCapacity: 8 },
    'minCapacity and maxCapacity are only for Aurora Serverless; leave them out or set engine: aurora-serverless.',
  ],
  [
    { engine: 'aurora-serverless', minCapacity: 0 },
    'minCapacity is 0; it must be 0.5 to 256 in halves (not 0: a paused database does not refresh).',
  ],
  [{ engine: 'aurora-serverless', maxCapacity: 300 }, 'maxCapacity is 300; it must be 1 to 256 in halves.'],
  [{ engine: 'aurora-serverless', maxCapacity: 4.3 }, 'maxCapacity is 4.3; it must be 1 to 256 in halves.'],
  [
    { engine: 'aurora-serverless', minCapacity: 8, maxCapacity: 4 },
    'minCapacity is 8, which is more than maxCapacity (4).',
  ],
  [
    { engine: 'aurora', storage: { sizeGb: 100 } },
    'storage is only for RDS; Aurora sizes its storage automatically, so leave it out.',
  ],
  [{ storage: { sizeGb: 10 } }, 'storage.sizeGb is 10; gp3 takes 20 to 65536.'],
  [
    { storage: { sizeGb: 100, maxSizeGb: 105 } },
    'storage.maxSizeGb is 105; RDS requires at least 10 % more than storage.sizeGb, which is 100.',
  ],
  [
    { storage: { sizeGb: 100, iops: 12_000 } },
    'storage.iops and storage.throughput can be chosen from 400 GiB on; storage.sizeGb is 100, which always has 3000 IOPS and 125 MiB/s.',
  ],
  [{ storage: { sizeGb: 400, iops: 3000 } }, 'storage.iops is 3000; gp3 takes 12000 to 64000.'],
  [{ storage: { sizeGb: 400, throughput: 100 } }, 'storage.throughput is 100; gp3 takes 500 to 4000.'],
  [
    { storage: { sizeGb: 400, iops: 12_000, throughput: 4000 } },
    'storage.throughput is 4000; gp3 gives at most a quarter of storage.iops, which is 12000.',
  ],
  [{ backup: { retentionDays: 3 } }, 'backup.retentionDays is 3; it must be a whole number from 7 to 35.'],
  [
    { backup: { window: '03:00-03:10' } },
    'backup.window is 03:00-03:10; it must be half an hour or longer as hh:mm-hh:mm in UTC, such as 03:00-04:00.',
  ],
  [
    { backup: { window: '3-4' } },
    'backup.window is 3-4; it must be half an hour or longer as hh:mm-hh:mm in UTC, such as 03:00-04:00.',
  ],
  [
    { maintenanceWindow: 'Sunday' },
    'maintenanceWindow is Sunday; it must be half an hour or longer as ddd:hh:mm-ddd:hh:mm in UTC, such as sun:04:30-sun:05:30.',
  ],
  ...(
    [
      ['04:00-05:00', 'sun:04:30-sun:05:30'],
      ['23:30-00:30', 'mon:00:00-mon:01:00'],
      ['23:30-00:30', 'sun:23:45-mon:00:20'],
      ['12:00-13:00', 'sat:00:00-mon:00:00'],
    ] as const
  ).map(
    ([window, maintenanceWindow]) =>
      [
        { backup: { window }, maintenanceWindow },
        `backup.window ${window} and maintenanceWindow ${maintenanceWindow} overlap; RDS takes no backup during maintenance.`,
      ] as const,
  ),
  [
    { backup: { vault: { retentionDays: 0, schedule: 'daily', copyTo: { region: 'Frankfurt' } } } },
    'backup.vault.retentionDays is 0; it must be a whole number from 1 to 36500.',
    'backup.vault.schedule is daily; it must be a schedule of AWS, such as cron(0 8 * * ? *).',
    'backup.vault.copyTo.region is Frankfurt; it must be a region of AWS, such as eu-west-1.',
  ],
  [
    { parameters: { 'cron.database_name': 'other', 'rds.force_ssl': '0', 'work mem': '1', jit: 0 } },
    'parameters.cron.database_name may not be set to other: it is always the database of the rollups.',
    'parameters.rds.force_ssl may not be set to 0: every connection is encrypted.',
    'parameters contains work mem, which is not a valid name of a parameter.',
    'parameters.jit must be text; put the value in quotes.',
  ],
  [
    {
      parameters: {
        log_connections: 'true',
        jit: false,
        'cron.log_run': 'False',
        'cron.log_statement': true,
      },
    },
    "parameters.log_connections is true, which RDS refuses or rewrites; write '1' or '0'.",
    "parameters.jit is false, which RDS refuses or rewrites; write '1' or '0'.",
    "parameters.cron.log_run is False, which RDS refuses or rewrites; write 'on' or 'off'.",
    "parameters.cron.log_statement is true, which RDS refuses or rewrites; write 'on' or 'off'.",
  ],
  ...['1', 'true', 'on', 'receipt,everything'].map(
    (value) =>
      [
        { engineVersion: '18.3', parameters: { log_connections: value } },
        `parameters.log_connections is ${value}; from PostgreSQL 18 on it is a list, so write 'all', some of receipt, authentication, authorization, setup_durations with commas, or leave it out for none.`,
      ] as const,
  ),
  [
    { engineVersion: '17', parameters: { log_connections: 'all' } },
    "parameters.log_connections is all, which is of PostgreSQL 18 and later; write '1' or '0'.",
  ],
  [{ insights: 'full' }, 'insights is full; it must be one of standard, advanced.'],
  [{ monitoringInterval: 20 }, 'monitoringInterval is 20; it must be one of 0, 1, 5, 10, 15, 30, 60.'],
  [
    { logRetentionDays: 10 },
    'logRetentionDays is 10; it must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653.',
  ],
  [
    { kmsKeyArn: 'alias/mine' },
    'kmsKeyArn is alias/mine; it must be the ARN of a key (not of an alias), such as arn:aws:kms:eu-central-1:123456789012:key/….',
  ],
  [
    { network: { allow: { cidrs: ['0.0.0.0/0', '10.0.0.1/16', 'here'] } } },
    'network.allow.cidrs contains 0.0.0.0/0, which is larger than a /8; list only the networks that need access.',
    'network.allow.cidrs contains 10.0.0.1/16, which is not an IPv4 network such as 10.0.0.0/16.',
    'network.allow.cidrs contains here, which is not an IPv4 network such as 10.0.0.0/16.',
  ],
  [
    { network: { cidr: '10.0.0.0/8', availabilityZones: 4 } },
    'network.cidr is 10.0.0.0/8; it must be an IPv4 network of /16 to /24, such as 10.42.0.0/16.',
    'network.availabilityZones is 4; it must be 2 or 3.',
  ],
  [
    { network: { vpcId: 'vpc-1', subnetIds: ['subnet-a'] } },
    'network.subnetIds must name private subnets in at least two availability zones.',
  ],
  [
    {
      network: {
        subnetIds: ['subnet-a', 'subnet-b'],
        cidr: '10.0.0.0/16',
        ssmEndpointSecurityGroupId: 'sg-1',
      },
    },
    'network.vpcId is missing beside network.subnetIds.',
    'network.cidr and network.availabilityZones are only for a new VPC; leave them out if network.vpcId is given.',
    'network.ssmEndpointSecurityGroupId is only for the bastion; set bastion: true or leave it out.',
  ],
];

describe('options that are refused', () => {
  it.each(REFUSED)('%j', (given, ...sentences) => {
    expect(problems(given as Parameters<typeof problems>[0])).toEqual(sentences);
  });

  it('has no objection to what is right', () => {
    const right: readonly Given[] = [
      {},
      { engine: 'aurora' },
      { engine: 'aurora-serverless', minCapacity: 0.5, maxCapacity: 256 },
      { engineVersion: '15' },
      { engineVersion: '16.10', storage: { sizeGb: 400, maxSizeGb: 440, iops: 16_000, throughput: 4000 } },
      { backup: { window: '23:30-00:30' }, maintenanceWindow: 'sun:00:30-sun:01:00' },
      { kmsKeyArn: 'arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-1' },
      { network: { allow: { cidrs: ['10.0.0.0/8'] } } },
      { engineVersion: '18', parameters: { log_connections: 'receipt, authorization' } },
      { parameters: { 'rds.force_ssl': '1', log_connections: '1', 'cron.log_statement': 'on' } },
    ];
    for (const given of right) expect(problems(given)).toEqual([]);
  });
});

describe('a program with mistakes', () => {
  it('ends with all of them at once, before anything is planned', async () => {
    const args = { engine: 'rds', engineVersion: '12', readers: 1 } as RollupDatabaseArgs;
    const making = record(() => new RollupDatabase('database', args));
    await expect(making).rejects.toThrow(
      [
        '2 mistakes in the options of the database database, so nothing is planned:',
        'engineVersion is 12; it must be 15, 16, 17, 18 or a minor version of them, such as 17.6 (in YAML within quotes).',
        'readers is 1, but RDS for PostgreSQL makes no read replica of an instance whose master password it manages in Secrets Manager; leave it out, or use engine: aurora.',
      ].join('\n  '),
    );
  });

  it('says one mistake as one', async () => {
    const args = { existing: {} } as RollupDatabaseArgs;
    await expect(record(() => new RollupDatabase('database', args))).rejects.toThrow(
      '1 mistake in the options of the database database, so nothing is planned:\n  existing must have one of arn and host.',
    );
  });
});
