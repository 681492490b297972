import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { parsePattern } from '../../../helpers/filterPattern';
import { type Alarm, AURORA, alarmsOf, RDS, SERVERLESS, watched } from './watched';

interface Transformation {
  readonly namespace: string;
  readonly name: string;
  readonly value: string;
  readonly defaultValue?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
}

const filtersOf = async (args: typeof RDS) =>
  (await watched(args))
    .filter(({ type }) => type === 'aws:cloudwatch/logMetricFilter:LogMetricFilter')
    .map(
      ({ inputs }) =>
        inputs as unknown as { pattern: string; logGroupName: string; metricTransformation: Transformation },
    );

describe('the topic', () => {
  const parse = (text: unknown) => JSON.parse(String(text)) as { Statement: Record<string, unknown>[] };

  it('is encrypted by a key that CloudWatch may use and AWS rotates', async () => {
    const found = await watched(RDS);
    const key = found.find(({ type }) => type === 'aws:kms/key:Key');
    expect(key?.inputs['enableKeyRotation']).toBe(true);
    expect(parse(key?.inputs['policy']).Statement[1]).toMatchObject({
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
    });
    const topic = found.find(({ type }) => type === 'aws:sns/topic:Topic');
    expect(topic?.inputs['kmsMasterKeyId']).toBe('arn:aws:test:eu-central-1:123456789012:db-alarms');
  });

  it('takes a key that is there', async () => {
    const found = await watched({ ...RDS, kmsKeyArn: 'arn:aws:kms:x:1:key/2' });
    expect(found.some(({ type }) => type === 'aws:kms/key:Key')).toBe(false);
    const topic = found.find(({ type }) => type === 'aws:sns/topic:Topic');
    expect(topic?.inputs['kmsMasterKeyId']).toBe('arn:aws:kms:x:1:key/2');
  });

  it('is published to by alarms of this account only, and over TLS', async () => {
    const policy = (await watched(RDS)).find(({ type }) => type === 'aws:sns/topicPolicy:TopicPolicy');
    const statements = parse(policy?.inputs['policy']).Statement;
    expect(statements.filter(({ Effect }) => Effect === 'Allow')).toMatchObject([
      {
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
      },
    ]);
    expect(statements.filter(({ Effect }) => Effect === 'Deny')).toMatchObject([
      { Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ]);
  });

  it('tells whoever subscribed', async () => {
    const subscriptions = [
      { protocol: 'email', endpoint: 'oncall@example.org' },
      { protocol: 'https', endpoint: 'https://pager.example/hook' },
    ] as const;
    const found = (await watched({ ...RDS, subscriptions })).filter(({ type }) =>
      type.includes('TopicSubscription'),
    );
    expect(found.map(({ inputs }) => [inputs['protocol'], inputs['endpoint']])).toEqual(
      subscriptions.map(({ protocol, endpoint }) => [protocol, endpoint]),
    );
    expect((await watched(RDS)).some(({ type }) => type.includes('TopicSubscription'))).toBe(false);
  });

  const names = async (...endpoints: readonly pulumi.Input<string>[]) => {
    const subscriptions = endpoints.map((endpoint) => ({ protocol: 'email' as const, endpoint }));
    const found = await watched({ ...RDS, subscriptions });
    return found.filter(({ type }) => type.includes('TopicSubscription')).map(({ name }) => name);
  };

  it('keeps a subscription when another one goes', async () => {
    const [a, b] = await names('a@example.org', 'b@example.org');
    expect(a).toMatch(/^db-alarms-email-[0-9a-f]{12}$/);
    expect(await names('b@example.org')).toEqual([b]);
    expect(await names('b@example.org', 'a@example.org')).toEqual([b, a]);
  });

  it('has no two subscriptions of one address', async () => {
    expect(await names('a@example.org', 'a@example.org')).toHaveLength(1);
  });

  it('names one whose address is not known yet by its place', async () => {
    expect(await names('a@example.org', pulumi.output('b@example.org'))).toEqual([
      expect.stringMatching(/^db-alarms-email-[0-9a-f]{12}$/),
      'db-alarms-1',
    ]);
  });
});

describe('metric filters', () => {
  it('read each figure from a field of that name', async () => {
    for (const { pattern, logGroupName, metricTransformation } of await filtersOf(RDS)) {
      expect(logGroupName).toBe('/aws/rds/instance/prod/postgresql');
      expect(metricTransformation.namespace).toBe('Tidemark/prod');
      if (metricTransformation.name === 'Deadlocks') continue;
      const fields = parsePattern(pattern).map(({ name }) => `$${name}`);
      expect(fields).toContain(metricTransformation.value);
      expect(fields[0]).toBe('$...');
      // CloudWatch refuses default values beside dimensions, and a default would hide that nothing is reported.
      expect(metricTransformation.defaultValue).toBeUndefined();
      for (const dimension of Object.values(metricTransformation.dimensions ?? {}))
        expect(fields).toContain(dimension);
    }
  });

  it('tell rollups apart by a dimension, and have totals without', async () => {
    const dimensions = (await filtersOf(RDS)).map(({ metricTransformation: { name, dimensions } }) => [
      name,
      dimensions,
    ]);
    expect(Object.fromEntries(dimensions)).toEqual({
      RollupLag: { Rollup: '$rollup' },
      RollupOverdue: { Rollup: '$rollup' },
      RollupDirtyKeys: { Rollup: '$rollup' },
      RollupLateRows: { Rollup: '$rollup' },
      RollupFailures: { Rollup: '$rollup' },
      Rollups: undefined,
      Overdue: undefined,
      DirtyKeys: undefined,
      Failing: undefined,
      Alerts: undefined,
      Deadlocks: undefined,
    });
  });

  it('make every metric that an alarm of ours takes', async () => {
    const made = (await filtersOf(RDS)).map(
      ({ metricTransformation: { namespace, name } }) => `${namespace} ${name}`,
    );
    const own = alarmsOf(await watched(RDS)).filter((alarm: Alarm) =>
      alarm.namespace?.startsWith('Tidemark'),
    );
    expect(own).toHaveLength(6);
    for (const { namespace, metricName } of own) expect(made).toContain(`${namespace} ${metricName}`);
  });
});

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly region?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
  };
}

describe.each([
  ['rds', RDS],
  ['aurora', AURORA],
  ['aurora-serverless', SERVERLESS],
] as const)('the dashboard of %s', (_engine, args) => {
  const body = async () => {
    const found = await watched(args);
    const dashboard = found.find(({ type }) => type === 'aws:cloudwatch/dashboard:Dashboard');
    expect(dashboard?.inputs['dashboardName']).toBe('tidemark-prod');
    const { widgets } = JSON.parse(String(dashboard?.inputs['dashboardBody'])) as { widgets: Widget[] };
    return { widgets, alarms: alarmsOf(found) };
  };

  it('lies within the grid, and nothing covers another', async () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of (await body()).widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column += 1)
        for (let row = y; row < y + height; row += 1) {
          expect(taken.has(`${column} ${row}`)).toBe(false);
          taken.add(`${column} ${row}`);
        }
    }
  });

  it('has metrics as rows of namespace, name and pairs of dimensions, or an expression', async () => {
    for (const { type, properties } of (await body()).widgets) {
      if (type !== 'metric') continue;
      expect(properties.region).toBe('eu-central-1');
      expect(properties.metrics?.length).toBeGreaterThan(0);
      for (const row of properties.metrics ?? []) {
        const words = row.filter((part) => typeof part === 'string');
        const options = row.filter((part) => typeof part !== 'string');
        expect(options.length).toBeLessThanOrEqual(1);
        if (words.length === 0) expect(options[0]).toHaveProperty('expression');
        else expect(words.length % 2).toBe(0);
      }
    }
  });

  it('shows all alarms, and every metric that one takes', async () => {
    const { widgets, alarms } = await body();
    expect(widgets.at(-1)?.properties.alarms).toHaveLength(alarms.length);
    const text = JSON.stringify(widgets);
    for (const alarm of alarms) {
      const metrics = alarm.metricQueries?.flatMap(({ metric }) => metric?.metricName ?? []) ?? [
        alarm.metricName,
      ];
      // Whether there are any, and the share of the capacity, are shown by their neighbours.
      for (const metric of metrics)
        if (metric !== 'Rollups' && metric !== 'ACUUtilization') expect(text).toContain(`"${metric}"`);
    }
  });
});
