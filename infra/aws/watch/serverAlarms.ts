import type * as pulumi from '@pulumi/pulumi';
import type { Thresholds } from './thresholds';
import type { AlarmSpec, Signal, Watched } from './types';

const GB = 2 ** 30;
const TB = 2 ** 40;
const MINUTES = 60;
const HOURS = 3600;

/** CloudWatch takes ten metrics in an expression at most. */
const TOGETHER = 10;

/** What no data of a server means: it restarts or is gone, and then the rollups are silent, which pages. */
const MISSING = 'missing';

function ofInstance(
  instance: pulumi.Input<string>,
  metric: string,
  statistic: Signal['statistic'],
  period: number,
): Signal {
  return { namespace: 'AWS/RDS', metric, dimensions: { DBInstanceIdentifier: instance }, statistic, period };
}

function ofCluster({ identifier }: Watched, metric: string, period: number): Signal {
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
function worst(instances: readonly pulumi.Input<string>[], judged: Judged): AlarmSpec[] {
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

/** Days until nothing is left, at the speed of the six hours before; a thousand where it does not shrink. */
function forecast(signal: Signal, left: string, shrinking: string, days: number): AlarmSpec {
  return {
    name: 'storage-forecast',
    sentence: `Storage will be full in less than ${days} days at the speed of the last hours.`,
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

function storage(watched: Watched, limits: Thresholds): AlarmSpec[] {
  const quarter = { statistic: 'Minimum', period: 5 * MINUTES, datapoints: 3, periods: 3 } as const;
  if (watched.engine === 'rds') {
    const below = { ...quarter, comparison: 'LessThanThreshold' } as const;
    return [
      ...worst(watched.instances, {
        ...below,
        name: 'storage',
        metric: 'FreeStorageSpace',
        sentence:
          'Free storage is short: a full instance stops, and storage that should have grown by itself has not.',
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
    ...worst(watched.instances, {
      ...quarter,
      comparison: 'LessThanThreshold',
      name: 'local-storage',
      metric: 'FreeLocalStorage',
      sentence:
        'An instance is short of local storage, which sorts and index builds spill to: they fail when it is full.',
      threshold: limits.freeLocalStorageGb * GB,
    }),
    {
      name: 'storage',
      sentence: 'The volume of the cluster nears what a volume can grow to.',
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

function replicas(watched: Watched, limits: Thresholds): AlarmSpec[] {
  const seconds = limits.replicaLagSeconds;
  const rds = watched.engine === 'rds';
  const readers = rds ? (watched.replicas ?? []) : watched.instances.length > 1 ? watched.instances : [];
  return worst(readers, {
    name: 'replica-lag',
    sentence: `A reader is more than ${seconds} seconds behind the writer: what it answers is that old.`,
    // Seconds on RDS, milliseconds on Aurora, where the writer has none.
    metric: rds ? 'ReplicaLag' : 'AuroraReplicaLag',
    threshold: rds ? seconds : seconds * 1000,
    comparison: 'GreaterThanThreshold',
    statistic: 'Average',
    period: MINUTES,
    datapoints: 10,
    periods: 10,
  });
}

/** What RDS and Aurora tell of themselves. */
export function serverAlarms(watched: Watched, limits: Thresholds): readonly AlarmSpec[] {
  const { instances, engine } = watched;
  const above = { comparison: 'GreaterThanThreshold', statistic: 'Average', period: 5 * MINUTES } as const;
  const quarter = { datapoints: 3, periods: 3 } as const;
  return [
    ...worst(instances, {
      ...above,
      ...quarter,
      name: 'cpu',
      metric: 'CPUUtilization',
      sentence: `The processors have been busy for a quarter of an hour (over ${limits.cpuPercent} %).`,
      threshold: limits.cpuPercent,
    }),
    ...worst(instances, {
      ...quarter,
      name: 'memory',
      metric: 'FreeableMemory',
      comparison: 'LessThanThreshold',
      statistic: 'Average',
      period: 5 * MINUTES,
      sentence:
        'Memory is short: the next large sort or burst of connections makes the server swap, or ends it.',
      threshold: limits.freeMemoryGb * GB,
    }),
    ...storage(watched, limits),
    ...worst(instances, {
      ...above,
      ...quarter,
      name: 'connections',
      metric: 'DatabaseConnections',
      statistic: 'Maximum',
      sentence: `More than ${limits.connections} connections are open: soon nobody else gets one.`,
      threshold: limits.connections,
    }),
    ...worst(instances, {
      ...above,
      ...quarter,
      name: 'load',
      metric: 'DBLoad',
      sentence: `More sessions are at work than the server has processors for (over ${limits.load}): they wait.`,
      threshold: limits.load,
    }),
    ...worst(instances, {
      ...above,
      name: 'transaction-ids',
      metric: 'MaximumUsedTransactionIDs',
      statistic: 'Maximum',
      datapoints: 1,
      periods: 1,
      sentence: 'Old transaction ids are not being frozen: far beyond this PostgreSQL stops taking writes.',
      threshold: limits.transactionIds,
    }),
    ...replicas(watched, limits),
    ...(engine === 'aurora-serverless'
      ? worst(instances, {
          ...above,
          ...quarter,
          name: 'capacity',
          metric: 'ACUUtilization',
          sentence: `An instance is at ${limits.capacityPercent} % of its greatest capacity and cannot scale further.`,
          threshold: limits.capacityPercent,
        })
      : []),
  ];
}
