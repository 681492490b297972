import * as pulumi from '@pulumi/pulumi';
import { ROLLUP_FIGURES } from './figures';
import type { Watched } from './types';

type Row = readonly unknown[];

interface Graph {
  readonly title: string;
  readonly metrics: readonly Row[];
  readonly stat?: string;
  /** Of the left axis. */
  readonly label?: string;
}

const WIDTH = 8;
const HEIGHT = 6;
const COLUMNS = 24 / WIDTH;

function graphs(
  watched: Watched,
  identifier: string,
  instances: readonly string[],
  namespace: string,
): Graph[] {
  const each = (metric: string): Row[] =>
    instances.map((instance) => ['AWS/RDS', metric, 'DBInstanceIdentifier', instance, { label: instance }]);
  const cluster = (metric: string): Row[] => [['AWS/RDS', metric, 'DBClusterIdentifier', identifier]];
  const rds = watched.engine === 'rds';
  const own = (metric: string, label: string): Row => [namespace, metric, { label }];
  const byRollup = ROLLUP_FIGURES.map(
    ({ metric, unit }): Graph => ({
      title: `${metric.replace(/^Rollup/, '')} of each rollup`,
      // A search, so that rollups which come later are in it.
      metrics: [[{ expression: `SEARCH('{"${namespace}",Rollup} MetricName="${metric}"', 'Maximum', 60)` }]],
      label: unit,
    }),
  );
  return [
    {
      title: 'All rollups',
      metrics: [own('Overdue', 'overdue (s)'), own('Failing', 'failing'), own('Alerts', 'alerts')],
      stat: 'Maximum',
    },
    { title: 'Dirty keys', metrics: [own('DirtyKeys', 'dirty keys')], stat: 'Maximum' },
    ...byRollup,
    { title: 'CPU', metrics: each('CPUUtilization'), label: 'Percent' },
    { title: 'Active sessions', metrics: each('DBLoad') },
    { title: 'Free memory', metrics: each('FreeableMemory'), label: 'Bytes' },
    rds
      ? { title: 'Free storage', metrics: each('FreeStorageSpace'), label: 'Bytes' }
      : { title: 'Volume', metrics: cluster('VolumeBytesUsed'), label: 'Bytes' },
    ...(watched.engine !== 'aurora'
      ? []
      : [{ title: 'Free local storage', metrics: each('FreeLocalStorage'), label: 'Bytes' }]),
    { title: 'Connections', metrics: each('DatabaseConnections'), stat: 'Maximum' },
    { title: 'Transaction ids', metrics: each('MaximumUsedTransactionIDs'), stat: 'Maximum' },
    { title: 'Deadlocks', metrics: [own('Deadlocks', 'deadlocks')], stat: 'Sum' },
    ...(watched.engine === 'aurora-serverless'
      ? [{ title: 'Capacity', metrics: each('ServerlessDatabaseCapacity'), label: 'ACU' }]
      : []),
    ...(!rds && instances.length > 1
      ? [{ title: 'Lag of readers', metrics: each('AuroraReplicaLag'), label: 'Milliseconds' }]
      : []),
  ];
}

/** The body of a dashboard: three graphs a row, the rollups' own first, then the server's, then the alarms. */
export function dashboardBody(
  watched: Watched,
  region: pulumi.Input<string>,
  namespace: pulumi.Input<string>,
  alarmArns: readonly pulumi.Input<string>[],
): pulumi.Output<string> {
  return pulumi
    .all([
      watched.identifier,
      pulumi.all([...watched.instances]),
      region,
      namespace,
      pulumi.all([...alarmArns]),
    ])
    .apply(([identifier, instances, where, space, alarms]) => {
      const drawn = graphs(watched, identifier, instances, space).map((graph, index) => ({
        type: 'metric',
        x: (index % COLUMNS) * WIDTH,
        y: Math.floor(index / COLUMNS) * HEIGHT,
        width: WIDTH,
        height: HEIGHT,
        properties: {
          title: graph.title,
          view: 'timeSeries',
          region: where,
          period: 60,
          stat: graph.stat ?? 'Average',
          metrics: graph.metrics,
          ...(graph.label === undefined ? {} : { yAxis: { left: { label: graph.label, showUnits: false } } }),
        },
      }));
      const below = Math.ceil(drawn.length / COLUMNS) * HEIGHT;
      const status = {
        type: 'alarm',
        x: 0,
        y: below,
        width: 24,
        height: 4,
        properties: { title: 'Alarms', alarms },
      };
      return JSON.stringify({ start: '-PT12H', widgets: [...drawn, status] });
    });
}
