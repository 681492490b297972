import { GB, MINUTES, worst } from './judge';
import { storageAlarms } from './storageAlarms';
import type { Thresholds } from './thresholds';
import type { AlarmSpec, Watched } from './types';

function replicas(watched: Watched, limits: Thresholds): AlarmSpec[] {
  const seconds = limits.replicaLagSeconds;
  const rds = watched.engine === 'rds';
  const readers = rds ? (watched.replicas ?? []) : watched.instances.length > 1 ? watched.instances : [];
  return worst(readers, {
    name: 'replica-lag',
    sentence: `A reader is more than ${seconds} seconds behind the writer, so its answers are that old.`,
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
        'Free memory is low: a large sort or many new connections can make the server swap or end it.',
      threshold: limits.freeMemoryGb * GB,
    }),
    ...storageAlarms(watched, limits),
    ...worst(instances, {
      ...above,
      ...quarter,
      name: 'connections',
      metric: 'DatabaseConnections',
      statistic: 'Maximum',
      sentence: `More than ${limits.connections} connections are open: soon no new connection is possible.`,
      threshold: limits.connections,
    }),
    ...worst(instances, {
      ...above,
      ...quarter,
      name: 'load',
      metric: 'DBLoad',
      sentence: `More sessions are active than the server has processors for (over ${limits.load}), so sessions wait.`,
      threshold: limits.load,
    }),
    ...worst(instances, {
      ...above,
      name: 'transaction-ids',
      metric: 'MaximumUsedTransactionIDs',
      statistic: 'Maximum',
      datapoints: 1,
      periods: 1,
      sentence: 'Old transaction ids are not being frozen: if this continues, PostgreSQL will refuse writes.',
      threshold: limits.transactionIds,
    }),
    ...replicas(watched, limits),
    ...(engine === 'aurora-serverless'
      ? worst(instances, {
          ...above,
          ...quarter,
          name: 'capacity',
          metric: 'ACUUtilization',
          sentence: `An instance is at ${limits.capacityPercent} % of its maximum capacity and cannot scale further.`,
          threshold: limits.capacityPercent,
        })
      : []),
  ];
}
