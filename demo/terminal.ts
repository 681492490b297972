import { SingleBar } from 'cli-progress';
import { colorsFor, grouped, humanDuration } from '../infra/cli/output';

const WIDTH = 28;
const PLAIN_EVERY_MS = 5_000;
const INDENT = '   ';

export const colors = colorsFor(process.stdout);
const terminal = process.stdout.isTTY === true && process.env['TERM'] !== 'dumb';

/** A line that the next one replaces stands in the terminal. */
let passing = false;
/** A progress bar is shown: it draws itself anew below what is said meanwhile. */
let drawing = false;

/** One line, or several, below a heading. */
export function say(text = ''): void {
  if (passing || drawing) process.stdout.write('\r\x1b[K');
  passing = false;
  const lines = text.split('\n').map((line) => (line === '' ? '' : `${INDENT}${line}`));
  process.stdout.write(`${lines.join('\n')}\n`);
}

let nextNote = 0;

/** What a long step reports; of lines that only say that it still runs, a terminal shows the last, a file one a minute. */
export function report(line: string): void {
  if (!line.endsWith('so far.')) {
    say(line);
  } else if (terminal) {
    process.stdout.write(`\r\x1b[K${INDENT}${line}`);
    passing = true;
  } else if (Date.now() >= nextNote) {
    nextNote = Date.now() + 60_000;
    say(line);
  }
}

/** The heading of a step. */
export function heading(number: number, text: string): void {
  process.stdout.write(`\n${colors.bold(colors.cyan(`${number}  ${text}`))}\n`);
}

/** Breaks a text into lines that fit below a heading. */
export function paragraph(text: string, width = 94): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join('\n');
}

export interface Progress {
  update(value: number, note?: string): void;
  /** Takes the bar away; what came of it is said by a line of its own. */
  stop(): void;
}

/** A progress bar in a terminal; elsewhere a plain line every few seconds. */
export function progress(total: number, unit: string): Progress {
  return terminal ? bar(total, unit) : plain(total, unit);
}

function amount(value: number, total: number, unit: string): string {
  return unit === '' ? '' : `  ${grouped(value)} of ${grouped(total)} ${unit}`;
}

function bar(total: number, unit: string): Progress {
  const single = new SingleBar({
    format: `${INDENT}{bar} {percentage} %{amount}{note}`,
    barsize: WIDTH,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    stream: process.stdout,
    hideCursor: true,
    clearOnComplete: true,
    // Ctrl-C ends the demo, not only its bar.
    gracefulExit: false,
    fps: 10,
  });
  single.start(total, 0, { amount: amount(0, total, unit), note: '' });
  drawing = true;
  return {
    update: (value, note) =>
      single.update(value, {
        amount: amount(value, total, unit),
        note: note === undefined ? '' : `  ${note}`,
      }),
    stop: () => {
      drawing = false;
      single.stop();
    },
  };
}

function plain(total: number, unit: string): Progress {
  let next = Date.now() + PLAIN_EVERY_MS;
  let told = 0;
  return {
    update(value, note) {
      const percent = Math.floor((100 * value) / total);
      if (Date.now() < next || percent === told) return;
      next = Date.now() + PLAIN_EVERY_MS;
      told = percent;
      say(
        `${String(percent).padStart(3)} %${amount(value, total, unit)}${note === undefined ? '' : `  ${note}`}`,
      );
    },
    stop: () => undefined,
  };
}

/** The largest part of memory that this process has held, in megabytes. */
export function peakMemory(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

export function since(started: number): string {
  return humanDuration((Date.now() - started) / 1000);
}
