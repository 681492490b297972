import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { ROLLUP_FIGURES, ROLLUP_PATTERN, TOTAL_FIGURES, TOTAL_PATTERN } from './figures';

/** What PostgreSQL logs when a client is told of a deadlock; those that the engine tries again leave no line. */
const DEADLOCK_PATTERN = '"deadlock detected"';

/** One filter a metric: CloudWatch Logs allows no more in one, and a hundred filters a log group. */
export function metricFilters(
  name: string,
  logGroupName: pulumi.Input<string>,
  namespace: pulumi.Input<string>,
  parent: pulumi.Resource,
): readonly aws.cloudwatch.LogMetricFilter[] {
  const filter = (
    pattern: string,
    metric: string,
    transformation: Partial<aws.types.input.cloudwatch.LogMetricFilterMetricTransformation>,
  ): aws.cloudwatch.LogMetricFilter =>
    new aws.cloudwatch.LogMetricFilter(
      `${name}-${metric}`,
      {
        name: `${name}-${metric}`,
        logGroupName,
        pattern,
        metricTransformation: { namespace, name: metric, value: '1', ...transformation },
      },
      { parent },
    );
  return [
    ...ROLLUP_FIGURES.map(({ word, metric, unit }) =>
      // Metrics with dimensions take no default value.
      filter(ROLLUP_PATTERN, metric, { value: `$${word}`, unit, dimensions: { Rollup: '$rollup' } }),
    ),
    ...TOTAL_FIGURES.map(({ word, metric, unit }) =>
      // No default value either: minutes with other lines only are not minutes with nothing to report.
      filter(TOTAL_PATTERN, metric, { value: `$${word}`, unit }),
    ),
    filter(DEADLOCK_PATTERN, 'Deadlocks', { unit: 'Count', defaultValue: '0' }),
  ];
}
