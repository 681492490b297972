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
    if (!(Math.min(first, last) >= from && Math.max(first, last) <= to)) return undefined;
    // From Saturday to Sunday, and from the evening to the morning.
    const length = last - first + 1 + (last < first ? to - from + 1 : 0);
    return Array.from({ length }, (_, index) => from + ((first - from + index) % (to - from + 1)));
  });
  return found.every((part) => part !== undefined) ? found.flat() : undefined;
}

/** Days from Monday on which it may run, the last (`6L`) or second (`3#2`) of a month too; undefined where they are named otherwise. */
function daysOf(dayOfWeek: string): readonly number[] | undefined {
  if (dayOfWeek === '?' || dayOfWeek === '*') return EVERY_DAY;
  const named = dayOfWeek.toUpperCase().replaceAll(/[A-Z]{3}/g, (name) => String(DAYS.indexOf(name) + 1));
  return numbersOf(named.replaceAll(/(?<=\d)(L|#\d)/g, ''), 1, 7)?.map((day) => (day + 5) % 7);
}

export interface Starts {
  /** In minutes of the week, from Monday 00:00. */
  readonly at: readonly number[];
  /** Whether these are its days, and not every day in the place of days that cannot be read. */
  readonly onTheseDays: boolean;
}

/** When a schedule may start a backup; undefined where it does not name hour and minute by plain numbers. */
export function startsOf(schedule: string): Starts | undefined {
  const fields = /^cron\((.+)\)$/.exec(schedule)?.[1]?.trim().split(/\s+/) ?? [];
  const [minute = '', hour = '', , , dayOfWeek = ''] = fields;
  const [minutes, hours] = [numbersOf(minute, 0, 59), numbersOf(hour, 0, 23)];
  if (fields.length !== 6 || minutes === undefined || hours === undefined) return undefined;
  const days = daysOf(dayOfWeek);
  const at = (days ?? EVERY_DAY).flatMap((day) =>
    hours.flatMap((start) => minutes.map((past) => day * DAY + start * 60 + past)),
  );
  return { at, onTheseDays: days !== undefined };
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
  if (backup !== undefined && meets(starts.at, backup, DAY)) {
    found.push(sentence('backup.window', texts.backup, clockText(backup.from - BEFORE)));
  }
  if (maintenance !== undefined && starts.onTheseDays && meets(starts.at, maintenance, WEEK)) {
    found.push(sentence('maintenanceWindow', texts.maintenance, momentText(maintenance.from - BEFORE)));
  }
  return found;
}
