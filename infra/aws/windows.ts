/** Backup and maintenance windows: minutes of the week, UTC. Pure. */
import type { NewDatabaseArgs } from './types';

export const DEFAULT_BACKUP_WINDOW = '03:00-04:00';
export const DEFAULT_MAINTENANCE_WINDOW = 'sun:04:30-sun:05:30';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
export const DAY = 24 * 60;
export const WEEK = 7 * DAY;

/** Minutes from the start of day or week; `to` may lie beyond its end. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

function clock(text: string): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * 60 + Number(match[2]);
}

function moment(text: string): number | undefined {
  const day = DAYS.indexOf(text.slice(0, 3));
  const time = clock(text.slice(4));
  return day < 0 || text[3] !== ':' || time === undefined ? undefined : day * DAY + time;
}

/** `hh:mm` of a minute, of the day before if it is negative. */
export function clockText(minute: number): string {
  const past = (minute + DAY) % DAY;
  return [Math.floor(past / 60), past % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** `ddd:hh:mm` of a minute of the week, of the week before if it is negative. */
export function momentText(minute: number): string {
  const past = (minute + WEEK) % WEEK;
  return `${DAYS[Math.floor(past / DAY)]}:${clockText(past % DAY)}`;
}

function parse(text: string, read: (part: string) => number | undefined, period: number): Window | undefined {
  const [first = '', second = '', ...rest] = text.split('-');
  const [from, to] = [read(first), read(second)];
  if (from === undefined || to === undefined || rest.length > 0) return undefined;
  return { from, to: to > from ? to : to + period };
}

function overlap(backup: Window, maintenance: Window): boolean {
  return DAYS.some((_, day) =>
    [-WEEK, 0, WEEK].some((shift) => {
      const [from, to] = [backup.from + day * DAY + shift, backup.to + day * DAY + shift];
      return from < maintenance.to && maintenance.from < to;
    }),
  );
}

/** As asked for or by default; undefined for one that cannot be read. */
export function windowsOf({ backup: options, maintenanceWindow }: NewDatabaseArgs) {
  const texts = {
    backup: options?.window ?? DEFAULT_BACKUP_WINDOW,
    maintenance: maintenanceWindow ?? DEFAULT_MAINTENANCE_WINDOW,
  };
  return {
    texts,
    backup: parse(texts.backup, clock, DAY),
    maintenance: parse(texts.maintenance, moment, WEEK),
  };
}

export function windowProblems(args: NewDatabaseArgs): readonly string[] {
  const { texts, backup, maintenance } = windowsOf(args);
  const found: string[] = [];
  if (backup === undefined || backup.to - backup.from < 30) {
    found.push(
      `backup.window is ${texts.backup}; it must be half an hour or longer as hh:mm-hh:mm in UTC, such as ${DEFAULT_BACKUP_WINDOW}.`,
    );
  }
  if (maintenance === undefined || maintenance.to - maintenance.from < 30) {
    found.push(
      `maintenanceWindow is ${texts.maintenance}; it must be half an hour or longer as ddd:hh:mm-ddd:hh:mm in UTC, such as ${DEFAULT_MAINTENANCE_WINDOW}.`,
    );
  }
  if (
    found.length === 0 &&
    backup !== undefined &&
    maintenance !== undefined &&
    overlap(backup, maintenance)
  ) {
    found.push(
      `backup.window ${texts.backup} and maintenanceWindow ${texts.maintenance} overlap; RDS takes no backup during maintenance.`,
    );
  }
  return found;
}
