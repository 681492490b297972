/** When AWS Backup may run beside the windows of RDS, in which its backups fail without a word. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { BackupArgs, NewDatabaseArgs } from '../../../infra/aws';
import { newDatabaseProblems } from '../../../infra/aws/checks';
import { startsOf } from '../../../infra/aws/schedule';

const EXAMPLE = join(__dirname, '../../../Pulumi.prod.example.yaml');

interface Times {
  readonly schedule?: string;
  readonly window?: string;
  readonly maintenanceWindow?: string;
}

function problems({ schedule, window, maintenanceWindow }: Times, engine: NewDatabaseArgs['engine'] = 'rds') {
  return newDatabaseProblems({
    engine,
    backup: {
      vault: schedule === undefined ? true : { schedule },
      ...(window === undefined ? {} : { window }),
    },
    ...(maintenanceWindow === undefined ? {} : { maintenanceWindow }),
  });
}

const backup = (schedule: string, window: string, outside: string) =>
  `backup.vault.schedule is ${schedule}, which falls into backup.window ${window} or the hour before it, when AWS Backup fails on RDS; choose a time outside ${outside} UTC.`;
const maintenance = (schedule: string, window: string, outside: string) =>
  `backup.vault.schedule is ${schedule}, which falls into maintenanceWindow ${window} or the hour before it, when AWS Backup fails on RDS; choose a time outside ${outside} UTC.`;

const NIGHT = ['03:00-04:00', '02:00-04:00'] as const;
const SUNDAY = ['sun:04:30-sun:05:30', 'sun:03:30-sun:05:30'] as const;

describe('a schedule of AWS Backup is refused', () => {
  it.each(['cron(0 2 * * ? *)', 'cron(30 2 * * ? *)', 'cron(15 3 ? * MON *)', 'cron(0 12,3 * * ? *)'])(
    'in the backup window or the hour before: %s',
    (schedule) => {
      expect(problems({ schedule })).toEqual([backup(schedule, ...NIGHT)]);
    },
  );

  it.each([
    'cron(5 4 * * ? *)',
    'cron(30 5 * * ? *)',
    'cron(5 4 ? * SUN *)',
    'cron(5 4 ? * 1 *)',
    'cron(5 4 ? * sat,sun *)',
    // The first of a month is any day; the second Sunday and the last one are Sundays.
    'cron(5 4 1 * ? *)',
    'cron(5 4 ? * 1#2 *)',
    'cron(5 4 ? * SUNL *)',
    'cron(5 4 ? * SAT-MON *)',
  ])('in the maintenance window or the hour before: %s', (schedule) => {
    expect(problems({ schedule })).toEqual([maintenance(schedule, ...SUNDAY)]);
  });

  it('in both of them, by a sentence each', () => {
    const schedule = 'cron(45 3 * * ? *)';
    expect(problems({ schedule })).toEqual([backup(schedule, ...NIGHT), maintenance(schedule, ...SUNDAY)]);
  });

  it('past midnight, and past the end of the week', () => {
    const late = 'cron(15 23 * * ? *)';
    expect(problems({ schedule: late, window: '00:00-00:30' })).toEqual([
      backup(late, '00:00-00:30', '23:00-00:30'),
    ]);
    const early = 'cron(10 0 ? * 3 *)';
    expect(problems({ schedule: early, window: '23:30-00:30' })).toEqual([
      backup(early, '23:30-00:30', '22:30-00:30'),
    ]);
    const sunday = 'cron(30 23 ? * SUN *)';
    expect(problems({ schedule: sunday, maintenanceWindow: 'mon:00:10-mon:01:00' })).toEqual([
      maintenance(sunday, 'mon:00:10-mon:01:00', 'sun:23:10-mon:01:00'),
    ]);
  });

  it('where it is the default one, too', () => {
    expect(problems({ maintenanceWindow: 'tue:08:30-tue:09:30' })).toEqual([
      maintenance('cron(0 8 * * ? *) by default', 'tue:08:30-tue:09:30', 'tue:07:30-tue:09:30'),
    ]);
  });
});

describe('a schedule of AWS Backup is taken', () => {
  it.each<Times>([
    {},
    { schedule: 'cron(59 1 * * ? *)' },
    { schedule: 'cron(1 4 ? * MON-SAT *)' },
    { schedule: 'cron(31 5 * * ? *)' },
    { schedule: 'cron(5 4 ? * 6L *)' },
    { schedule: 'cron(5 4 ? * TUE#2 *)' },
    { schedule: 'cron(5 4 ? * SAT-SUN *)', maintenanceWindow: 'wed:04:30-wed:05:30' },
    // Nobody can tell when these run, or AWS will.
    { schedule: 'rate(1 day)' },
    { schedule: 'cron(0/15 3 * * ? *)' },
    { schedule: 'cron(0 * * * ? *)' },
    { schedule: 'cron(0 25 * * ? *)' },
    { schedule: 'cron(0 3)' },
    { schedule: 'cron(5 4 ? * */3 *)' },
  ])('%j', (times) => {
    expect(problems(times)).toEqual([]);
  });

  it('at any time on Aurora, whose windows do not stop it', () => {
    expect(problems({ schedule: 'cron(30 3 * * ? *)' }, 'aurora')).toEqual([]);
  });

  it('that is not used', () => {
    const given = { engine: 'rds', maintenanceWindow: 'tue:08:30-tue:09:30' } as const;
    expect(newDatabaseProblems({ ...given, backup: { vault: false } })).toEqual([]);
    expect(newDatabaseProblems(given)).toEqual([]);
  });

  it('in the example of a stack', () => {
    const { config } = parse(readFileSync(EXAMPLE, 'utf8')) as { config: Record<string, unknown> };
    const vaulted = config['tidemark:backup'] as BackupArgs;
    expect(vaulted.vault).toBeTypeOf('object');
    const maintenanceWindow = String(config['tidemark:maintenanceWindow']);
    expect(newDatabaseProblems({ engine: 'rds', backup: vaulted, maintenanceWindow })).toEqual([]);
  });

  it('beside windows that are wrong themselves, which are told alone', () => {
    expect(problems({ schedule: 'cron(15 3 * * ? *)', window: '3-4' })).toEqual([
      expect.stringMatching(/^backup\.window is 3-4/),
    ]);
  });
});

describe('startsOf', () => {
  it.each([
    ['cron(5 0 ? * MON *)', [5]],
    ['cron(0,30 1 ? * 7 *)', [5 * 1440 + 60, 5 * 1440 + 90]],
    ['cron(0 8 ? * SUN-MON *)', [6 * 1440 + 480, 480]],
  ])('of %s, in minutes from Monday', (schedule, starts) => {
    expect(startsOf(schedule)).toEqual({ at: starts, onTheseDays: true });
  });
});
