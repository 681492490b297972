import type * as pulumi from '@pulumi/pulumi';
import type { Thresholds } from './thresholds';
import type { AlarmSpec, Signal } from './types';

/** Every minute the job writes; five of them make a figure. */
const PERIOD = 300;

/** CloudWatch namespace of one database's own figures: figures of all rollups carry no dimension to tell databases apart. */
export function namespaceOf(identifier: string): string {
  return `Tidemark/${identifier}`;
}

/** What is told by the log: the rollups' own figures, and deadlocks, of which RDS has no metric. */
export function rollupAlarms(namespace: pulumi.Input<string>, limits: Thresholds): readonly AlarmSpec[] {
  const signal = (metric: string, statistic: Signal['statistic']): Signal[] => [
    { namespace, metric, dimensions: {}, statistic, period: PERIOD },
  ];
  // Without figures the state before them stays, and rollups-silent pages: one alarm for one cause.
  const told = { missing: 'ignore' } as const;
  return [
    {
      name: 'rollups-silent',
      sentence: 'The rollups have reported nothing for 15 minutes: pg_cron, or the server, is not running.',
      signals: signal('Rollups', 'SampleCount'),
      comparison: 'LessThanThreshold',
      threshold: 1,
      datapoints: 3,
      periods: 3,
      // No report is what this alarm is for.
      missing: 'breaching',
    },
    {
      ...told,
      name: 'rollups-alert',
      sentence: 'The operations monitor shows ALERT for a rollup.',
      signals: signal('Alerts', 'Maximum'),
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      datapoints: 2,
      periods: 2,
    },
    {
      ...told,
      name: 'rollups-overdue',
      sentence: `A bucket is more than ${limits.overdueSeconds} seconds late: gold stays exact, but reads get slower.`,
      signals: signal('Overdue', 'Maximum'),
      comparison: 'GreaterThanThreshold',
      threshold: limits.overdueSeconds,
      datapoints: 2,
      periods: 2,
    },
    {
      ...told,
      name: 'rollups-failing',
      sentence:
        'Refreshes of a rollup have been failing for half an hour; Tidemark repeats them automatically.',
      signals: signal('Failing', 'Maximum'),
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      // Three attempts: after 5 and after 10 minutes, and a lost lock is over by then.
      datapoints: 6,
      periods: 6,
    },
    {
      ...told,
      name: 'rollups-dirty-keys',
      sentence: `More than ${limits.dirtyKeys} dirty keys wait for a refresh, and every read computes them from the source.`,
      signals: signal('DirtyKeys', 'Minimum'),
      comparison: 'GreaterThanThreshold',
      threshold: limits.dirtyKeys,
      datapoints: 3,
      periods: 3,
    },
    {
      name: 'deadlocks',
      sentence: `At least ${limits.deadlocks} sessions were ended by deadlocks in five minutes.`,
      signals: signal('Deadlocks', 'Sum'),
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold: limits.deadlocks,
      datapoints: 1,
      periods: 1,
      // No line in the log, no deadlock.
      missing: 'notBreaching',
    },
  ];
}
