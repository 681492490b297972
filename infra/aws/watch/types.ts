import type * as pulumi from '@pulumi/pulumi';
import type { DatabaseEngine } from '../types';

/** What is watched: the server's size, which the thresholds are told from, and its names in CloudWatch. */
export interface Watched {
  readonly engine: DatabaseEngine;
  /** Of the instance, or of the Aurora cluster: in the names of alarms, dashboard and metrics. */
  readonly identifier: pulumi.Input<string>;
  /** Identifiers of all instances, the writer and its readers: one on RDS. */
  readonly instances: readonly pulumi.Input<string>[];
  /** RDS: identifiers of read replicas. Aurora's readers are among `instances`. Default none. */
  readonly replicas?: readonly pulumi.Input<string>[];
  /** Processors of the smallest instance; serverless: of the greatest capacity (a quarter for each ACU). */
  readonly vcpus: number;
  /** GiB of memory of the smallest instance; serverless: of the greatest capacity (two for each ACU). */
  readonly memoryGb: number;
  /** What `max_connections` is: RDS reckons it from the memory, at most 5000. Default: the same reckoning. */
  readonly maxConnections?: number;
  /** RDS: GiB of storage at first. */
  readonly storageGb?: number;
  /** RDS: whether it grows by itself. Default true. */
  readonly autoscaling?: boolean;
}

/** One metric of CloudWatch, as an alarm or a graph takes it. */
export interface Signal {
  readonly namespace: pulumi.Input<string>;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statistic: 'Average' | 'Maximum' | 'Minimum' | 'Sum' | 'SampleCount';
  /** Seconds. */
  readonly period: number;
}

export interface AlarmSpec {
  /** Also the anchor of its section in the runbook. */
  readonly name: string;
  /** What has happened, for whoever is paged. */
  readonly sentence: string;
  readonly signals: readonly Signal[];
  /** Of the signals, which are m0, m1 …; left out for one signal as it is. */
  readonly expression?: string;
  readonly comparison: 'GreaterThanThreshold' | 'LessThanThreshold' | 'GreaterThanOrEqualToThreshold';
  readonly threshold: number;
  /** So many of the last so many periods. */
  readonly datapoints: number;
  readonly periods: number;
  /** What no data means. */
  readonly missing: 'missing' | 'ignore' | 'breaching' | 'notBreaching';
}
