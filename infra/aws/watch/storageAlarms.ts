import { GB, HOURS, MINUTES, MISSING, ofCluster, ofInstance, TB, worst } from './judge';
import type { Thresholds } from './thresholds';
import type { AlarmSpec, Signal, Watched } from './types';

/** Days until nothing is left, at the speed of the six hours before; a thousand where it does not shrink. */
function forecast(signal: Signal, left: string, shrinking: string, days: number): AlarmSpec {
  return {
    name: 'storage-forecast',
    sentence: `Storage will be full in less than ${days} days if it grows as in the last hours.`,
    signals: [signal],
    expression: `IF(${shrinking} > 0, (${left}) / ${shrinking} / 86400, 1000)`,
    comparison: 'LessThanThreshold',
    threshold: days,
    // Two of the last three: one load or one vacuum is no trend.
    datapoints: 2,
    periods: 3,
    missing: MISSING,
  };
}

/** Storage that is short, and storage that will be. */
export function storageAlarms(watched: Watched, limits: Thresholds): AlarmSpec[] {
  const quarter = { statistic: 'Minimum', period: 5 * MINUTES, datapoints: 3, periods: 3 } as const;
  if (watched.engine === 'rds') {
    const below = { ...quarter, comparison: 'LessThanThreshold' } as const;
    return [
      ...worst(watched.instances, {
        ...below,
        name: 'storage',
        metric: 'FreeStorageSpace',
        sentence:
          'Free storage is low and RDS has not enlarged the storage: an instance without free storage stops.',
        threshold: limits.freeStorageGb * GB,
      }),
      ...watched.instances
        .slice(0, 1)
        .map((instance) =>
          forecast(
            ofInstance(instance, 'FreeStorageSpace', 'Average', 6 * HOURS),
            'm0',
            '(0 - RATE(m0))',
            limits.daysUntilFull,
          ),
        ),
    ];
  }
  const limit = `${limits.volumeTb} * ${TB}`;
  return [
    // Serverless instances do not report it.
    ...worst(watched.engine === 'aurora' ? watched.instances : [], {
      ...quarter,
      comparison: 'LessThanThreshold',
      name: 'local-storage',
      metric: 'FreeLocalStorage',
      sentence:
        'An instance has little free local storage: sorts and index builds that need it fail when it is full.',
      threshold: limits.freeLocalStorageGb * GB,
    }),
    {
      name: 'storage',
      sentence: 'The volume of the cluster is close to its maximum size.',
      signals: [ofCluster(watched, 'VolumeBytesUsed', HOURS)],
      comparison: 'GreaterThanThreshold',
      threshold: limits.volumeTb * TB,
      datapoints: 2,
      periods: 2,
      missing: MISSING,
    },
    forecast(
      ofCluster(watched, 'VolumeBytesUsed', 6 * HOURS),
      `${limit} - m0`,
      'RATE(m0)',
      limits.daysUntilFull,
    ),
  ];
}
