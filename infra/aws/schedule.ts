/** When AWS Backup starts, and that it does not start where its backups of RDS fail. Pure. */
import type { BackupVaultArgs, NewDatabaseArgs } from './types';
import { clockText, DAY, momentText, WEEK, type Window, windowsOf } from './windows';

/** Hours after both default windows. */
export const DEFAULT_SCHEDULE = 'cron(0 8 * * ? *)';

/** Minutes before a window in which a backup fails, too. */
const BEFORE = 60;

/** As AWS counts them: Sunday is 1. */
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

/** The numbers of a field such as `5`, `0,30` or `2-6`; undefined for one that is written in another way. */
function numbersOf(field: string, from: number, to: number): readonly number[] | undefined {
  const found = field.split(',').map((part) => {
    const match = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part);
    const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    return first >= from && last >= first && last <= to
      ? Array.from({ length: last - first + 1 }, (_, index) => first + index)
      : undefined;
  });
  return found.every((part) => part !== undefined) ? found.flat() : undefined;
}

/** Days from Monday on which it may run: every day, unless days of the week are named plainly. */
function daysOf(dayOfWeek: string): readonly number[] {
  const named = dayOfWeek.toUpperCase().replaceAll(/[A-Z]{3}/g, (name) => String(DAYS.indexOf(name) + 1));
  return numbersOf(named, 1, 7)?.map((day) => (day + 5) % 7) ?? EVERY_DAY;
}

/** Minutes of the week, from Monday 00:00, at which a schedule may run; undefined where it does not name them by plain numbers. */
export function startsOf(schedule: string): readonly number[] | undefined {
  const fields = /^cron\((.+)\)$/.exec(schedule)?.[1]?.trim().split(/\s+/) ?? [];
  const [minute = '', hour = '', , , dayOfWeek = ''] = fields;
  const [minutes, hours] = [numbersOf(minute, 0, 59), numbersOf(hour, 0, 23)];
  if (fields.length !== 6 || minutes === undefined || hours === undefined) return undefined;
  return daysOf(dayOfWeek).flatMap((day) =>
    hours.flatMap((at) => minutes.map((past) => day * DAY + at * 60 + past)),
  );
}

/** Whether a start lies in a window that returns every period, or in the hour before. */
function meets(starts: readonly number[], { from, to }: Window, period: number): boolean {
  return starts.some((start) =>
    [-period, 0, period].some((shift) => {
      const at = (start % period) + shift;
      return at >= from - BEFORE && at <= to;
    }),
  );
}

/** Aurora's backups go on in its windows; those of RDS fail there, and nothing tells. */
export function scheduleProblems(args: NewDatabaseArgs): readonly string[] {
  const asked = args.backup?.vault;
  if (args.engine !== 'rds' || asked === undefined || asked === false) return [];
  const { schedule }: BackupVaultArgs = asked === true ? {} : asked;
  const starts = startsOf(schedule ?? DEFAULT_SCHEDULE);
  if (starts === undefined) return [];
  const { backup, maintenance, texts } = windowsOf(args);
  const subject = schedule ?? `${DEFAULT_SCHEDULE} by default`;
  const sentence = (option: string, text: string, earliest: string) =>
    `backup.vault.schedule is ${subject}, which falls into ${option} ${text} or the hour before it, when AWS Backup fails on RDS; choose a time outside ${earliest}-${text.split('-')[1]} UTC.`;
  const found: string[] = [];
  if (backup !== undefined && meets(starts, backup, DAY)) {
    found.push(sentence('backup.window', texts.backup, clockText(backup.from - BEFORE)));
  }
  if (maintenance !== undefined && meets(starts, maintenance, WEEK)) {
    found.push(sentence('maintenanceWindow', texts.maintenance, momentText(maintenance.from - BEFORE)));
  }
  return found;
}
