/** The rollups' own figures: what `rollup.publish_metrics()` writes to the log, and how CloudWatch reads it. Pure. */

export interface Figure {
  /** Word in the line, followed by the value. */
  readonly word: string;
  /** Name of the metric. */
  readonly metric: string;
  readonly unit: 'Seconds' | 'Count';
}

/** Of each rollup, in the order in which they stand in the line. */
export const ROLLUP_FIGURES = [
  { word: 'lag_seconds', metric: 'RollupLag', unit: 'Seconds' },
  { word: 'overdue_seconds', metric: 'RollupOverdue', unit: 'Seconds' },
  { word: 'dirty_keys', metric: 'RollupDirtyKeys', unit: 'Count' },
  { word: 'late_rows', metric: 'RollupLateRows', unit: 'Count' },
  { word: 'failures', metric: 'RollupFailures', unit: 'Count' },
] as const satisfies readonly Figure[];

/** Of all rollups together. */
export const TOTAL_FIGURES = [
  { word: 'rollups', metric: 'Rollups', unit: 'Count' },
  { word: 'overdue_seconds', metric: 'Overdue', unit: 'Seconds' },
  { word: 'dirty_keys', metric: 'DirtyKeys', unit: 'Count' },
  { word: 'failing', metric: 'Failing', unit: 'Count' },
  { word: 'alerts', metric: 'Alerts', unit: 'Count' },
] as const satisfies readonly Figure[];

/** A pair of fields: the word itself, and the value under its name, told apart from it by a suffix. */
function pair({ word }: Figure): string {
  return `${word}_word = "${word}", ${word}`;
}

/**
 * A space-delimited pattern. The ellipsis stands for what the server puts before a message, in which even the number of
 * words is not fixed: it is empty of address and user for what runs inside the server.
 */
export const ROLLUP_PATTERN = `[..., mark = "tidemark_rollup", rollup, ${ROLLUP_FIGURES.map(pair).join(', ')}]`;
export const TOTAL_PATTERN = `[..., mark = "tidemark_total", ${TOTAL_FIGURES.map(pair).join(', ')}]`;
