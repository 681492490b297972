import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { dashboardBody } from './dashboard';
import { metricFilters } from './filters';
import { namespaceOf, rollupAlarms } from './rollupAlarms';
import { serverAlarms } from './serverAlarms';
import { type Thresholds, thresholdsFor } from './thresholds';
import { alarmTopic, type Subscription, type TopicArgs } from './topic';
import type { AlarmSpec, Watched } from './types';

/** Who hears alarms, and when they go off. */
export interface AlarmArgs {
  /** Who is told. Default nobody: the topic is there to subscribe to. */
  readonly subscriptions?: readonly Subscription[];
  /** Key of the topic, whose policy must let CloudWatch use it. Default: a key of its own. */
  readonly kmsKeyArn?: pulumi.Input<string>;
  /** A topic that is there already, in the same region; it must let CloudWatch publish. Default: one of its own. */
  readonly topicArn?: pulumi.Input<string>;
  /** Those that differ from what follows from the server's size. */
  readonly thresholds?: Partial<Thresholds>;
  /** Where the runbook is read: the URL that `#cpu` is put after. Default docs/runbook.md, seen from the repository. */
  readonly runbook?: string;
}

export interface WatchArgs extends Watched, AlarmArgs {
  readonly region: pulumi.Input<string>;
  /** The CloudWatch log group that the server's postgresql log goes to. It must be there. */
  readonly logGroupName: pulumi.Input<string>;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Alarms, a dashboard, and the rollups' own figures as metrics.
 *
 * The figures come out of the database through its log: a job of pg_cron writes lines, and metric filters read them. A function
 * (Lambda) that asks the database would need a way into its network, a login, a runtime that ages and code to patch, and would tell
 * nothing when it fails itself; here no line for a quarter of an hour is an alarm of its own. In this account's bill they are
 * custom metrics: five for each rollup and six more.
 */
export class Watch extends pulumi.ComponentResource {
  /** Of the topic that alarms go to. */
  readonly topicArn: pulumi.Output<string>;
  readonly dashboardName: pulumi.Output<string>;
  /** CloudWatch namespace of the rollups' figures. */
  readonly namespace: pulumi.Output<string>;
  /** Names of the alarms. */
  readonly alarms: pulumi.Output<readonly string[]>;

  constructor(name: string, args: WatchArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('tidemark:aws:Watch', name, {}, options);
    const { identifier, tags = {}, runbook = 'docs/runbook.md' } = args;
    const { dependsOn } = options;
    this.namespace = pulumi.output(identifier).apply(namespaceOf);
    this.topicArn = pulumi.output(args.topicArn ?? alarmTopic(name, topicArgs(args), this).arn);
    metricFilters(name, args.logGroupName, this.namespace, this);
    const specs = alarmSpecs(args);
    const alarms = specs.map((spec, index) => {
      // A second alarm of the same name stands for instances beyond the tenth.
      const before = specs.slice(0, index).filter((other) => other.name === spec.name).length;
      const suffix = before === 0 ? spec.name : `${spec.name}-${before + 1}`;
      return new aws.cloudwatch.MetricAlarm(
        `${name}-${suffix}`,
        {
          name: pulumi.interpolate`${identifier}-${suffix}`,
          alarmDescription: `${spec.sentence} Runbook: ${runbook}#${spec.name}`,
          alarmActions: [this.topicArn],
          okActions: [this.topicArn],
          comparisonOperator: spec.comparison,
          threshold: spec.threshold,
          evaluationPeriods: spec.periods,
          datapointsToAlarm: spec.datapoints,
          treatMissingData: spec.missing,
          tags,
          ...measured(spec),
        },
        // Pulumi does not hand a component's own dependencies on to what is in it.
        { parent: this, ...(dependsOn === undefined ? {} : { dependsOn }) },
      );
    });
    const arns = alarms.map(({ arn }) => arn);
    const dashboard = new aws.cloudwatch.Dashboard(
      `${name}-dashboard`,
      {
        dashboardName: pulumi.interpolate`tidemark-${identifier}`,
        dashboardBody: dashboardBody(args, args.region, this.namespace, arns),
      },
      { parent: this },
    );
    this.dashboardName = dashboard.dashboardName;
    this.alarms = pulumi.all(alarms.map((alarm) => alarm.name));
    this.registerOutputs({
      topicArn: this.topicArn,
      dashboardName: this.dashboardName,
      namespace: this.namespace,
    });
  }
}

/** All alarms of a database. */
export function alarmSpecs(args: WatchArgs): readonly AlarmSpec[] {
  const limits = thresholdsFor(args, args.thresholds);
  const namespace = pulumi.output(args.identifier).apply(namespaceOf);
  return [...rollupAlarms(namespace, limits), ...serverAlarms(args, limits)];
}

function topicArgs({ identifier, subscriptions = [], kmsKeyArn, tags = {} }: WatchArgs): TopicArgs {
  return { identifier, subscriptions, tags, ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }) };
}

/** One metric as it is, or an expression over several. */
function measured({ signals, expression }: AlarmSpec): Partial<aws.cloudwatch.MetricAlarmArgs> {
  const [only, ...more] = signals;
  if (only !== undefined && more.length === 0 && expression === undefined) {
    const { metric, namespace, dimensions, statistic, period } = only;
    return { metricName: metric, namespace, dimensions, statistic, period };
  }
  const queries = signals.map(({ metric, namespace, dimensions, statistic, period }, index) => ({
    id: `m${index}`,
    returnData: false,
    metric: { metricName: metric, namespace, dimensions, stat: statistic, period },
  }));
  const judged = { id: 'judged', returnData: true, ...(expression === undefined ? {} : { expression }) };
  return { metricQueries: [...queries, judged] };
}
