import type { RollupStatus, Status } from '../db/status';
import { type Colors, formatTable, formatTime, grouped, humanDuration, printable, shorten } from './output';

const WIDEST_NAME = 24;
const NOTHING = '–';

function paint(status: Status, colors: Colors): string {
  const color = { OK: colors.green, RUNNING: colors.cyan, WARNING: colors.yellow, ALERT: colors.red }[status];
  return color(status);
}

const duration = (seconds: number | null) => (seconds === null ? NOTHING : humanDuration(seconds));
const number = (value: number | null) => (value === null ? NOTHING : grouped(value));

function filled({ backfill, backfillRemaining }: RollupStatus): string {
  if (backfill === null) return NOTHING;
  const percent = `${Math.floor(backfill * 1000) / 10} %`;
  return backfillRemaining === null ? percent : `${percent}, ${humanDuration(backfillRemaining)} to go`;
}

function notes(rollup: RollupStatus, colors: Colors): string[] {
  const lines: string[] = [];
  const add = (text: string) => lines.push(`${colors.bold(printable(rollup.name))}: ${printable(text)}`);
  if (rollup.reason !== null) add(rollup.reason);
  if (rollup.attempt > 0 && rollup.nextAttemptAt !== null) {
    add(`attempt ${rollup.attempt} failed, the next is due at ${formatTime(rollup.nextAttemptAt)}`);
  }
  if (rollup.sealedChanges > 0) {
    add(
      `${grouped(rollup.sealedChanges)} rows of sealed ranges were changed; the aggregates of these ranges stay as they were`,
    );
  }
  return lines;
}

/** The operations monitor as a table that fits 100 columns, and below it what needs a word. */
export function statusText(all: readonly RollupStatus[], colors: Colors): string {
  if (all.length === 0) return 'No rollup is deployed in this database.';
  const rows = all.map((rollup) => [
    shorten(printable(rollup.name), WIDEST_NAME),
    paint(rollup.status, colors),
    filled(rollup),
    duration(rollup.lag),
    number(rollup.dirtyKeys),
    grouped(rollup.rowsLastHour),
    rollup.sinceSuccess === null ? NOTHING : `${humanDuration(rollup.sinceSuccess)} ago`,
  ]);
  const head = ['rollup', 'status', 'filled', 'lag', 'dirty keys', 'rows/hour', 'refreshed'];
  const table = formatTable({ head, rows, colors, right: [3, 4, 5] });
  return [table, ...all.flatMap((rollup) => notes(rollup, colors))].join('\n');
}
