import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Alarm, AURORA, alarmsOf, RDS, SERVERLESS, watched } from './watched';

const ENGINES = [
  ['rds', RDS],
  ['aurora', AURORA],
  ['aurora-serverless', SERVERLESS],
] as const;
const RUNBOOK = readFileSync(join(__dirname, '..', '..', '..', '..', 'docs', 'runbook.md'), 'utf8');
const anchors = [...RUNBOOK.matchAll(/^## (.+)$/gm)].map(([, title]) => title as string);

const byName = (alarms: readonly Alarm[]) =>
  Object.fromEntries(alarms.map((alarm) => [alarm.name.replace(/^prod-/, ''), alarm]));
const alarmsFor = async (args: typeof RDS) => byName(alarmsOf(await watched(args)));

const ROLLUPS = [
  'rollups-silent',
  'rollups-alert',
  'rollups-overdue',
  'rollups-failing',
  'rollups-dirty-keys',
  'deadlocks',
];
const SERVER = ['cpu', 'memory', 'storage', 'storage-forecast', 'connections', 'load', 'transaction-ids'];

describe('alarms', () => {
  it.each([
    ['rds', RDS, []],
    ['aurora', AURORA, ['local-storage', 'replica-lag']],
    ['aurora-serverless', SERVERLESS, ['capacity']],
  ] as const)('of %s', async (_engine, args, more) => {
    expect(Object.keys(await alarmsFor(args)).sort()).toEqual([...ROLLUPS, ...SERVER, ...more].sort());
  });

  it.each(ENGINES)('of %s tell the topic of both beginning and end', async (_engine, args) => {
    for (const alarm of Object.values(await alarmsFor(args))) {
      const topic = ['arn:aws:test:eu-central-1:123456789012:db-alarms'];
      expect([alarm.alarmActions, alarm.okActions]).toEqual([topic, topic]);
    }
  });

  it.each(ENGINES)('of %s say one sentence and where to read on, which is there', async (_engine, args) => {
    for (const alarm of Object.values(await alarmsFor(args))) {
      const [, sentence, anchor] =
        /^([A-Z][^.]*\.) Runbook: docs\/runbook\.md#([a-z-]+)$/.exec(alarm.alarmDescription) ?? [];
      expect(sentence, alarm.alarmDescription).toBeDefined();
      expect(anchors).toContain(anchor);
      expect(alarm.name).toMatch(new RegExp(`^prod-${anchor}`));
    }
  });

  it.each(ENGINES)('of %s are such as CloudWatch takes', async (_engine, args) => {
    for (const alarm of Object.values(await alarmsFor(args))) {
      expect(alarm.datapointsToAlarm).toBeLessThanOrEqual(alarm.evaluationPeriods);
      expect(alarm.threshold).toBeGreaterThan(0);
      const metrics = alarm.metricQueries?.flatMap(({ metric }) => metric ?? []) ?? [alarm];
      expect(metrics.length).toBeLessThanOrEqual(10);
      for (const { period = 0 } of metrics) {
        expect(period % 60).toBe(0);
        expect(period * alarm.evaluationPeriods).toBeLessThanOrEqual(86_400);
      }
      if (alarm.metricQueries === undefined) expect(alarm.statistic).toBeDefined();
      else {
        const returned = alarm.metricQueries.filter(({ returnData }) => returnData);
        expect(returned.map(({ id, expression }) => [id, typeof expression])).toEqual([['judged', 'string']]);
        for (const name of returned[0]?.expression?.match(/\bm\d+\b/g) ?? [])
          expect(alarm.metricQueries.map(({ id }) => id)).toContain(name);
      }
    }
  });

  it('have a section each, and no section has no alarm', async () => {
    const names = await Promise.all(ENGINES.map(async ([, args]) => Object.keys(await alarmsFor(args))));
    expect(anchors.filter((title) => title !== 'How to look').sort()).toEqual(
      [...new Set(names.flat())].sort(),
    );
    for (const section of RUNBOOK.split(/^## /m).slice(2)) {
      for (const part of ['**Means.**', '**Look.**', '**Do.**', '**Harmless**'])
        expect(section.split('\n')[0] + part).toBe(
          section.split('\n')[0] + (section.includes(part) ? part : ' lacks it'),
        );
    }
  });

  it('link to a runbook of your own', async () => {
    const { cpu } = await alarmsFor({ ...RDS, runbook: 'https://wiki.example/tidemark' });
    expect(cpu?.alarmDescription).toMatch(/ Runbook: https:\/\/wiki\.example\/tidemark#cpu$/);
  });
});

describe('no data', () => {
  it('of the rollups is an alarm of its own, and the only one', async () => {
    const alarms = await alarmsFor(RDS);
    const meaning = (name: string) => alarms[name]?.treatMissingData;
    expect(meaning('rollups-silent')).toBe('breaching');
    for (const name of ['rollups-alert', 'rollups-overdue', 'rollups-failing', 'rollups-dirty-keys'])
      expect(meaning(name)).toBe('ignore');
    expect(meaning('deadlocks')).toBe('notBreaching');
    for (const name of SERVER) expect(meaning(name)).toBe('missing');
  });
});

describe('thresholds', () => {
  it('follow the size of the server', async () => {
    const alarms = await alarmsFor(RDS);
    const thresholds = Object.fromEntries(
      Object.entries(alarms).map(([name, { threshold }]) => [name, threshold]),
    );
    expect(thresholds).toMatchObject({
      memory: 0.8 * 2 ** 30,
      storage: 5 * 2 ** 30,
      // Of 901 by the formula of RDS.
      connections: 720,
      load: 2,
      'transaction-ids': 1_000_000_000,
      'storage-forecast': 1,
      'rollups-overdue': 3600,
    });
    expect((await alarmsFor({ ...RDS, autoscaling: false }))['storage-forecast']?.threshold).toBe(7);
  });

  it('can be given', async () => {
    const alarms = await alarmsFor({ ...RDS, thresholds: { cpuPercent: 50, overdueSeconds: 60 } });
    expect([alarms['cpu']?.threshold, alarms['rollups-overdue']?.threshold]).toEqual([50, 60]);
    expect(alarms['load']?.threshold).toBe(2);
  });
});

describe('measurements', () => {
  it('of an instance are by its name, of a cluster the worst of its instances', async () => {
    const one = (await alarmsFor(RDS))['cpu'];
    expect(one).toMatchObject({ metricName: 'CPUUtilization', dimensions: { DBInstanceIdentifier: 'prod' } });
    const [cpu, memory] = [(await alarmsFor(AURORA))['cpu'], (await alarmsFor(AURORA))['memory']];
    expect(cpu?.metricQueries?.at(-1)?.expression).toBe('MAX([m0, m1])');
    expect(memory?.metricQueries?.at(-1)?.expression).toBe('MIN([m0, m1])');
    expect(cpu?.metricQueries?.map(({ metric }) => metric?.dimensions['DBInstanceIdentifier'])).toEqual([
      'prod-0',
      'prod-1',
      undefined,
    ]);
  });

  it('of more than ten instances take a second alarm', async () => {
    const instances = Array.from({ length: 12 }, (_, n) => `prod-${n}`);
    const alarms = await alarmsFor({ ...AURORA, instances });
    expect(alarms['cpu']?.metricQueries).toHaveLength(11);
    expect(alarms['cpu-2']?.metricQueries).toHaveLength(3);
  });

  it('of storage forecast days from the speed', async () => {
    expect((await alarmsFor(RDS))['storage-forecast']?.metricQueries?.at(-1)?.expression).toBe(
      'IF((0 - RATE(m0)) > 0, (m0) / (0 - RATE(m0)) / 86400, 1000)',
    );
    const aurora = (await alarmsFor(AURORA))['storage-forecast']?.metricQueries;
    expect(aurora?.at(-1)?.expression).toMatch(
      /^IF\(RATE\(m0\) > 0, \(\d+ \* \d+ - m0\) \/ RATE\(m0\) \/ 86400, 1000\)$/,
    );
    expect(aurora?.[0]?.metric).toMatchObject({
      metricName: 'VolumeBytesUsed',
      dimensions: { DBClusterIdentifier: 'prod' },
    });
  });

  it('of readers are in seconds on RDS, in milliseconds on Aurora', async () => {
    const rds = (await alarmsFor({ ...RDS, replicas: ['prod-read'] }))['replica-lag'];
    expect(rds).toMatchObject({
      metricName: 'ReplicaLag',
      threshold: 60,
      dimensions: { DBInstanceIdentifier: 'prod-read' },
    });
    const aurora = (await alarmsFor(AURORA))['replica-lag'];
    expect(aurora?.threshold).toBe(2000);
    expect(aurora?.metricQueries?.[0]?.metric?.metricName).toBe('AuroraReplicaLag');
  });
});
