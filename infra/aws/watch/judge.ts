/** How a metric of the server is judged: one alarm over all its instances. */
import type * as pulumi from '@pulumi/pulumi';
import type { AlarmSpec, Signal, Watched } from './types';

export const GB = 2 ** 30;
export const TB = 2 ** 40;
export const MINUTES = 60;
export const HOURS = 3600;

/** CloudWatch takes ten metrics in an expression at most. */
const TOGETHER = 10;

/** What no data of a server means: it restarts or is gone, and then the rollups are silent, which pages. */
export const MISSING = 'missing';

export function ofInstance(
  instance: pulumi.Input<string>,
  metric: string,
  statistic: Signal['statistic'],
  period: number,
): Signal {
  return { namespace: 'AWS/RDS', metric, dimensions: { DBInstanceIdentifier: instance }, statistic, period };
}

export function ofCluster({ identifier }: Watched, metric: string, period: number): Signal {
  return {
    namespace: 'AWS/RDS',
    metric,
    dimensions: { DBClusterIdentifier: identifier },
    statistic: 'Average',
    period,
  };
}

type Judged = Pick<AlarmSpec, 'name' | 'sentence' | 'comparison' | 'threshold' | 'datapoints' | 'periods'> & {
  readonly metric: string;
  readonly statistic: Signal['statistic'];
  readonly period: number;
};

/** One alarm for the worst of the instances, whichever of them is the writer just now. */
export function worst(instances: readonly pulumi.Input<string>[], judged: Judged): AlarmSpec[] {
  const { metric, statistic, period, ...rest } = judged;
  const take = judged.comparison === 'LessThanThreshold' ? 'MIN' : 'MAX';
  const alarms: AlarmSpec[] = [];
  for (let from = 0; from < instances.length; from += TOGETHER) {
    const signals = instances
      .slice(from, from + TOGETHER)
      .map((instance) => ofInstance(instance, metric, statistic, period));
    const names = signals.map((_, index) => `m${index}`).join(', ');
    alarms.push({
      ...rest,
      signals,
      ...(signals.length === 1 ? {} : { expression: `${take}([${names}])` }),
      missing: MISSING,
    });
  }
  return alarms;
}
