/** What RollupPlatform adds to its parts: that they are watched. */
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it, vi } from 'vitest';
import { RollupPlatform, type RollupPlatformArgs } from '../../../infra/aws';
import { all, only, type Recorded, record } from './mocks';
import { ENGINES } from './stacks';

const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const TOPIC = 'aws:sns/topic:Topic';
const FILTER = 'aws:cloudwatch/logMetricFilter:LogMetricFilter';

/** This repository's own definitions. */
const rollups = join(__dirname, '../../../rollups');

function platform(args: RollupPlatformArgs): Promise<Recorded<RollupPlatform>> {
  return record(() => new RollupPlatform('metrics', args));
}

const thresholds = ({ resources }: Recorded<unknown>) =>
  Object.fromEntries(
    all(resources, ALARM).map(({ name, inputs }) => [name.replace('metrics-', ''), inputs['threshold']]),
  );

describe('a platform', () => {
  it.each(ENGINES)('on %s is watched by the size it has', async (engine) => {
    const made = await platform({ engine, rollups });
    expect(made.result.watch).toBeDefined();
    expect(thresholds(made)).toMatchObject({
      load: engine === 'aurora-serverless' ? 4 : 2,
      memory: (engine === 'rds' ? 0.8 : engine === 'aurora' ? 1.6 : 3.2) * 2 ** 30,
      ...(engine === 'rds' ? { storage: 5 * 2 ** 30 } : { 'replica-lag': 2000 }),
    });
    const groups = new Set(all(made.resources, FILTER).map(({ inputs }) => inputs['logGroupName']));
    expect([...groups]).toEqual([made.result.database.logGroupName]);
    for (const { options } of all(made.resources, ALARM))
      expect(options.dependsOn, 'silence is no alarm before the engine is there').toContainEqual(
        expect.stringMatching(/tidemark:Engine::engine$/),
      );
  });

  it.each([
    [{ engine: 'rds', parameters: { max_connections: '300' } }, 240],
    [{ engine: 'aurora-serverless', minCapacity: 0.5 }, 1600],
    [{ engine: 'aurora-serverless', minCapacity: 0.5, maxCapacity: 2 }, 360],
  ] as const)('with %j is watched by the connections it takes', async (args, connections) => {
    expect(thresholds(await platform({ ...args, rollups }))).toMatchObject({ connections });
  });

  it('tells who is named, or a topic that is there, at thresholds of your own', async () => {
    const subscriptions = [{ protocol: 'email', endpoint: 'oncall@example.com' }] as const;
    const own = await platform({
      engine: 'rds',
      rollups,
      alarms: { subscriptions, thresholds: { load: 7 } },
    });
    expect(only(own.resources, 'aws:sns/topicSubscription:TopicSubscription').inputs).toMatchObject(
      subscriptions[0],
    );
    expect(thresholds(own)).toMatchObject({ load: 7 });

    const topicArn = 'arn:aws:sns:eu-central-1:123456789012:pages';
    const given = await platform({ engine: 'rds', rollups, alarms: { topicArn } });
    expect(all(given.resources, TOPIC)).toEqual([]);
    for (const { inputs } of all(given.resources, ALARM))
      expect([inputs['alarmActions'], inputs['okActions']]).toEqual([[topicArn], [topicArn]]);
  });

  it('tells what watching is billed by, beside the plan', async () => {
    const told = vi.spyOn(pulumi.log, 'info').mockResolvedValue();
    const { resources } = await platform({ engine: 'rds', estimate: true, rollups });
    const [text] = told.mock.calls.map(([said]) => said).filter((said) => said.includes('Custom metrics'));
    const count = resources.filter(({ type }) => type.endsWith('tidemark:Rollup')).length;
    expect(text).toMatch(new RegExp(`│ Custom metrics │ ${5 * count + 6} +│ metrics +│`));
    expect(text).toMatch(new RegExp(`│ Alarms +│ ${all(resources, ALARM).length} +│ metrics in alarms │`));
    told.mockRestore();
  });

  it('on a database that was there already is left to whoever watches that', async () => {
    const made = await platform({
      existing: { host: 'a.abc.eu-central-1.rds.amazonaws.com', passwordEnv: 'P' },
      rollups,
    });
    expect(made.result.watch).toBeUndefined();
    expect(all(made.resources, ALARM)).toEqual([]);
  });
});
