import type { EstimateRow } from '../estimate';
import { ROLLUP_FIGURES, TOTAL_FIGURES } from './figures';
import { alarmSpecs, type WatchArgs } from './watch';

/** What watching so many rollups is billed by in a month. */
export function watchRows(args: WatchArgs, rollups: number): readonly EstimateRow[] {
  // One for each rollup, those of all together, and deadlocks.
  const metrics = rollups * ROLLUP_FIGURES.length + TOTAL_FIGURES.length + 1;
  const judged = alarmSpecs(args).reduce((sum, { signals }) => sum + signals.length, 0);
  const ownKey = args.topicArn === undefined && args.kmsKeyArn === undefined;
  return [
    ['Custom metrics', String(metrics), 'metrics'],
    ['Alarms', String(judged), 'metrics in alarms'],
    ['Dashboard', '1', 'dashboards'],
    ...(ownKey ? [['KMS keys', '1', 'keys'] as const] : []),
  ];
}
