import * as pulumi from '@pulumi/pulumi';
import { Watch, type WatchArgs } from '../../../../infra/aws/watch/watch';

export const RDS: WatchArgs = {
  engine: 'rds',
  identifier: 'prod',
  instances: ['prod'],
  vcpus: 2,
  memoryGb: 8,
  storageGb: 100,
  region: 'eu-central-1',
  logGroupName: '/aws/rds/instance/prod/postgresql',
};
export const AURORA: WatchArgs = {
  engine: 'aurora',
  identifier: 'prod',
  instances: ['prod-0', 'prod-1'],
  vcpus: 2,
  memoryGb: 16,
  region: 'eu-central-1',
  logGroupName: '/aws/rds/cluster/prod/postgresql',
};
export const SERVERLESS: WatchArgs = { ...AURORA, engine: 'aurora-serverless', instances: ['prod-0'] };

export interface Found {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Query {
  readonly id: string;
  readonly returnData: boolean;
  readonly expression?: string;
  readonly metric?: Metric & { readonly stat: string };
}

export interface Metric {
  readonly metricName: string;
  readonly namespace: string;
  readonly period: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface Alarm extends Partial<Metric> {
  readonly name: string;
  readonly alarmDescription: string;
  readonly alarmActions: readonly string[];
  readonly okActions: readonly string[];
  readonly comparisonOperator: string;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: string;
  readonly statistic?: string;
  readonly metricQueries?: readonly Query[];
}

const known = new Map<string, Promise<readonly Found[]>>();

/** All that a Watch registers, under mocks; once for the same arguments, since it takes a while. */
export function watched(args: WatchArgs): Promise<readonly Found[]> {
  const key = JSON.stringify(args);
  const found = known.get(key) ?? registered(args);
  known.set(key, found);
  return found;
}

async function registered(args: WatchArgs): Promise<readonly Found[]> {
  const made: Found[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      made.push({ type, name, inputs });
      const arn = `arn:aws:test:eu-central-1:123456789012:${name}`;
      return { id: `${name}-id`, state: { ...inputs, arn } };
    },
    call: ({ token }) =>
      token.includes('getCallerIdentity') ? { accountId: '123456789012' } : { partition: 'aws' },
  });
  new Watch('db', args);
  await pulumi.runtime.disconnect();
  return made;
}

export function alarmsOf(found: readonly Found[]): readonly Alarm[] {
  return found
    .filter(({ type }) => type === 'aws:cloudwatch/metricAlarm:MetricAlarm')
    .map(({ inputs }) => inputs as unknown as Alarm);
}
