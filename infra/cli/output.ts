import Table from 'cli-table3';
import { Duration } from 'luxon';
import { createColors } from 'picocolors';
import { plainName } from '../model/names';

export type Colors = ReturnType<typeof createColors>;

/** Colours for a stream: none when it is no terminal, or when NO_COLOR says so (https://no-color.org). */
export function colorsFor(stream: { readonly isTTY?: boolean }): Colors {
  return createColors(stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb');
}

/** What the reader of a pipe left unread (`| head`) is no error: the process ends quietly with the code it has. */
export function endQuietlyOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
}

/** Without characters that a terminal would obey: names and values come from anybody's data. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, '\ufffd');
}

/** A quoted name of the database, the same way. */
export function printableName(quoted: string): string {
  return printable(plainName(quoted));
}

export function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** `1,234,567`, the same on every machine. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 row`, `1,234 rows`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

const UNITS = ['days', 'hours', 'minutes', 'seconds'] as const;
const SHORT = { days: 'd', hours: 'h', minutes: 'min', seconds: 's' } as const;

/** A length of time in at most two units, such as `2 d 3 h`, `5 min`, `12 s`, `1.4 s`, `35 ms`. */
export function humanDuration(seconds: number): string {
  if (seconds < 0) return `-${humanDuration(-seconds)}`;
  if (seconds > 0 && seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const parts = Duration.fromObject({ seconds: Math.round(seconds) }).shiftTo(...UNITS);
  const first = UNITS.findIndex((unit) => parts.get(unit) > 0);
  return UNITS.slice(first, first + 2)
    .filter((unit) => parts.get(unit) > 0)
    .map((unit) => `${parts.get(unit)} ${SHORT[unit]}`)
    .join(' ');
}

export interface TableOptions {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly colors: Colors;
  /** Indexes of columns that hold numbers. */
  readonly right?: readonly number[];
  readonly indent?: number;
  /** Widths of columns whose text is to be wrapped. */
  readonly widths?: readonly (number | null)[];
}

/** A table without frames: it reads well in a terminal and in a file, and can be cut by column. */
export function formatTable({ head, rows, colors, right = [], indent = 0, widths }: TableOptions): string {
  const none = Object.fromEntries(
    [
      'top',
      'top-mid',
      'top-left',
      'top-right',
      'bottom',
      'bottom-mid',
      'bottom-left',
      'bottom-right',
      'left',
      'left-mid',
    ]
      .concat(['mid', 'mid-mid', 'right', 'right-mid'])
      .map((name) => [name, '']),
  );
  const table = new Table({
    chars: { ...none, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: head.map((_, index) => (right.includes(index) ? 'right' : 'left')),
    ...(widths === undefined ? {} : { colWidths: [...widths], wordWrap: true }),
  });
  table.push(
    head.map((name) => colors.dim(name)),
    ...rows.map((row) => [...row]),
  );
  const lines = table.toString().split('\n');
  return lines.map((line) => `${' '.repeat(indent)}${line}`.trimEnd()).join('\n');
}

/** A time as PostgreSQL writes it in UTC, for people; also all times within a longer text. */
export function formatTime(text: string): string {
  return text.replace(/(\d\d:\d\d)(:\d\d(?:\.\d+)?)?\+00\b/g, (_, minute: string, second?: string) =>
    second === undefined || second === ':00' ? `${minute} UTC` : `${minute}${second} UTC`,
  );
}
