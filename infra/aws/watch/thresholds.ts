import type { Watched } from './types';

/** When alarms go off. All have defaults; give only what differs. */
export interface Thresholds {
  /** Percent, for a quarter of an hour. Default 85: refreshes come in bursts of a minute, which is no shortage. */
  readonly cpuPercent: number;
  /** GiB. Default a tenth of the memory: below it the next large sort or a few connections make it swap. */
  readonly freeMemoryGb: number;
  /** RDS: GiB. Default a twentieth of the storage, 2 at least: RDS grows it below a tenth, so growing has failed. */
  readonly freeStorageGb: number;
  /** RDS, Aurora's volume: days until full at the speed of the last hours. Default 7; 1 where storage grows by itself. */
  readonly daysUntilFull: number;
  /** Aurora: GiB of an instance's local storage. Default 4: one sort or index build spills more than that. */
  readonly freeLocalStorageGb: number;
  /** Aurora: TiB of the cluster's volume. Default 102, four fifths of what every version may grow to. */
  readonly volumeTb: number;
  /** Default four fifths of max_connections: what is left goes to jobs, to the administrator and to a burst. */
  readonly connections: number;
  /** Average active sessions. Default the number of processors: above it sessions wait for a processor, or for each other. */
  readonly load: number;
  /** Default 1 billion: autovacuum freezes from 200 million on, and at 2.1 billion PostgreSQL takes no more writes. */
  readonly transactionIds: number;
  /** Seconds. Default 60 on RDS, 2 on Aurora, whose readers share the storage and are restarted when far behind. */
  readonly replicaLagSeconds: number;
  /** In five minutes, that a client was told of. Default 5: one or two are tried again by any application. */
  readonly deadlocks: number;
  /** Percent of a serverless cluster's greatest capacity. Default 90: it cannot scale any further. */
  readonly capacityPercent: number;
  /** Seconds that a bucket is late, past what the schedule promises. Default 3600, where the monitor says ALERT. */
  readonly overdueSeconds: number;
  /** Logged keys, of all rollups. Default 1 million: reads of gold recompute them from the source. */
  readonly dirtyKeys: number;
}

const TOP_CONNECTIONS = 5000;

/** `LEAST({DBInstanceClassMemory/9531392}, 5000)`, the formula of RDS. */
export function connectionsOf(memoryGb: number): number {
  return Math.min(Math.floor((memoryGb * 2 ** 30) / 9_531_392), TOP_CONNECTIONS);
}

export function thresholdsFor(watched: Watched, given: Partial<Thresholds> = {}): Thresholds {
  const { engine, vcpus, memoryGb } = watched;
  const grows = watched.autoscaling ?? true;
  return {
    cpuPercent: 85,
    freeMemoryGb: memoryGb / 10,
    freeStorageGb: Math.max((watched.storageGb ?? 0) / 20, 2),
    daysUntilFull: engine === 'rds' && grows ? 1 : 7,
    freeLocalStorageGb: 4,
    volumeTb: 102,
    connections: Math.floor((watched.maxConnections ?? connectionsOf(memoryGb)) * 0.8),
    load: vcpus,
    transactionIds: 1_000_000_000,
    replicaLagSeconds: engine === 'rds' ? 60 : 2,
    deadlocks: 5,
    capacityPercent: 90,
    overdueSeconds: 3600,
    dirtyKeys: 1_000_000,
    ...given,
  };
}
