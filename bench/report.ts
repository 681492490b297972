import Table from 'cli-table3';
import type { Machine } from './machine';
import type { Result, Times } from './measure';

export interface Report {
  readonly date: string;
  readonly rows: number;
  readonly series: number;
  readonly machine: Machine;
  readonly results: readonly Result[];
}

export const reached = (result: Result): boolean | null =>
  result.target === null ? null : result.ratio <= result.target;

export function milliseconds(value: number): string {
  if (value >= 10_000) return `${(value / 1_000).toFixed(1)} s`;
  return `${value.toFixed(value >= 100 ? 0 : value >= 1 ? 1 : 3)} ms`;
}

/** `0.71`, or `1/71` where that says more. */
export function fraction(ratio: number): string {
  return ratio < 0.1 ? `1/${(1 / ratio).toFixed(0)}` : ratio.toFixed(2);
}

const side = (times: Times): string =>
  `${times.label}\n${milliseconds(times.min)} / ${milliseconds(times.median)}`;

const verdict = (result: Result): string => {
  const yes = reached(result);
  return yes === null ? '' : yes ? 'yes' : 'no';
};

/** The table of results; `plain` without colors. */
export function reportText(report: Report): string {
  const { machine } = report;
  const settings = Object.entries(machine.settings).map(([name, value]) => `${name} = ${value}`);
  const table = new Table({
    head: [
      'comparison',
      'without: min / median',
      'with Tidemark: min / median',
      'ratio of medians',
      'target',
      'reached',
    ],
    style: { head: [], border: [] },
  });
  for (const result of report.results) {
    const target = result.target === null ? '' : `≤ ${fraction(result.target)}`;
    table.push([
      `${result.name}\n${result.pairs} pairs`,
      side(result.base),
      side(result.tidemark),
      fraction(result.ratio),
      target,
      verdict(result),
    ]);
  }
  return [
    `${report.date}: ${report.rows.toLocaleString('en')} rows, ${report.series.toLocaleString('en')} series; ` +
      `${machine.cores} cores, ${machine.memoryGb} GB memory, PostgreSQL ${machine.postgres}, Node ${machine.node}`,
    settings.join(', '),
    table.toString(),
  ].join('\n');
}
