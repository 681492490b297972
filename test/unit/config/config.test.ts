import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../../infra/config';

const ROOT = join(__dirname, '../../..');

interface Key {
  readonly type: string;
  readonly description: string;
  readonly default: unknown;
}
const declared = (parse(readFileSync(join(ROOT, 'Pulumi.yaml'), 'utf8')) as { config: Record<string, Key> })
  .config;

/** As the CLI hands it over: text, and JSON for all that is not text. */
function configure(values: Readonly<Record<string, unknown>>): void {
  const defaults = Object.entries(declared).map(([key, { default: value }]) => [key, value]);
  const given = Object.entries(values).map(([key, value]) => [`tidemark:${key}`, value]);
  const all = Object.fromEntries([['aws:region', 'eu-central-1'], ...defaults, ...given]) as Record<
    string,
    unknown
  >;
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(all).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
  );
}

function refusal(values: Readonly<Record<string, unknown>>): string {
  configure(values);
  try {
    readConfig();
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

const platform = (values: Readonly<Record<string, unknown>>) => {
  configure(values);
  const config = readConfig();
  if (!('platform' in config)) throw new Error('not on AWS');
  return config.platform;
};

beforeEach(() => configure({}));
afterEach(() => vi.restoreAllMocks());

describe('every key of the configuration', () => {
  it('has a type, a description and a default in Pulumi.yaml', () => {
    expect(Object.keys(declared).length).toBeGreaterThan(25);
    for (const [key, { type, description, default: value }] of Object.entries(declared)) {
      expect(['string', 'boolean', 'integer', 'object'], key).toContain(type);
      expect(description, key).toMatch(/^[A-Z{][\s\S]{20,}\.$/);
      expect(value, key).not.toBeUndefined();
    }
  });

  it('stands in the table of docs/aws.md, as Pulumi.yaml declares it', () => {
    const page = readFileSync(join(ROOT, 'docs/aws.md'), 'utf8');
    for (const [key, { type, description, default: value }] of Object.entries(declared)) {
      const shown = value === '' || typeof value === 'object' ? '' : String(value);
      expect(page).toContain(
        `\n| \`${key.replace('tidemark:', '')}\` | ${type} | ${shown} | ${description.trim()} |\n`,
      );
    }
  });

  it('is read, and no other is', () => {
    const read = new Set<string>();
    for (const method of ['get', 'getBoolean', 'getNumber', 'getObject'] as const) {
      const original = pulumi.Config.prototype[method] as (this: pulumi.Config, name: string) => unknown;
      vi.spyOn(pulumi.Config.prototype, method as 'get').mockImplementation(function (
        this: pulumi.Config,
        name: string,
      ) {
        read.add(`tidemark:${name}`);
        return original.call(this, name) as never;
      });
    }
    for (const values of [
      { connection: { urlEnv: 'URL' } },
      { engine: 'existing', existing: { arn: 'a' } },
      { engine: 'rds' },
      { engine: 'aurora' },
      { engine: 'aurora-serverless' },
    ]) {
      configure(values);
      readConfig();
    }
    expect([...read].sort()).toEqual(Object.keys(declared).sort());
  });
});

describe('the configuration', () => {
  it('of a local stack names a connection', () => {
    configure({ connection: { urlFile: '.local/postgres/url' } });
    expect(readConfig()).toEqual({ rollups: 'rollups', connection: { urlFile: '.local/postgres/url' } });
  });

  it('of a new database leaves the components their defaults, and gives an engine only what it has', () => {
    expect(platform({ engine: 'rds' })).toEqual({
      engine: 'rds',
      rollups: 'rollups',
      database: 'metrics',
      allowReboot: false,
      engineVersion: '17',
      allowMajorVersionUpgrade: false,
      multiAz: true,
      maintenanceWindow: 'sun:04:30-sun:05:30',
      protect: true,
      finalSnapshot: true,
      bastion: false,
      insights: 'standard',
      monitoringInterval: 60,
      logRetentionDays: 30,
      estimate: false,
    });
    expect(platform({ engine: 'aurora' })).not.toHaveProperty('readers');
    expect(platform({ engine: 'aurora', readers: '3' })).toMatchObject({ readers: 3, dataApi: false });
    expect(platform({ engine: 'aurora-serverless' })).toMatchObject({ minCapacity: 2, maxCapacity: 16 });
  });

  it('hands on what is set', () => {
    const values = {
      engine: 'rds',
      instanceClass: 'db.r7g.2xlarge',
      storage: { sizeGb: 400, iops: 12000 },
      network: { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'], allow: { cidrs: ['10.0.0.0/16'] } },
      backup: { retentionDays: 35, vault: { copyTo: { region: 'eu-west-1' } } },
      tunnel: { ssh: { host: 'h', user: 'u', hostKey: 'SHA256:x' } },
      tags: { team: 'data' },
    };
    expect(platform(values)).toMatchObject(values);
    const parameters = {
      work_mem: 65536,
      jit: false,
      log_connections: true,
      'cron.log_run': true,
      wal_compression: true,
    };
    expect(
      platform({ engine: 'rds', parameters: { ...parameters, 'cron.log_statement': false } }),
    ).toMatchObject({
      parameters: {
        work_mem: '65536',
        jit: '0',
        log_connections: '1',
        wal_compression: 'on',
        'cron.log_run': 'on',
        'cron.log_statement': 'off',
      },
    });
    const thresholds = { cpuPercent: 70 };
    expect(platform({ engine: 'rds', alarms: { emails: ['a@example.com'], thresholds } })).toMatchObject({
      alarms: { subscriptions: [{ protocol: 'email', endpoint: 'a@example.com' }], thresholds },
    });
    expect(platform({ engine: 'rds', applyImmediately: true })).toMatchObject({ applyImmediately: true });
    expect(platform({ engine: 'existing', existing: { arn: 'arn:x' } })).toMatchObject({
      existing: { arn: 'arn:x' },
    });
  });

  it.each([
    [
      { engine: 'mysql' },
      'In the configuration, tidemark:engine must be one of connection, existing, rds, aurora, aurora-serverless.',
    ],
    [
      {},
      /^The configuration does not say which database to use: tidemark:engine is connection, but tidemark:connection is missing\. Set it/,
    ],
    [
      { connection: { url: 'postgres://u:secret@h/d' } },
      /^In the configuration, tidemark:connection\.url is not allowed/,
    ],
    [{ engine: 'existing' }, /^The configuration tidemark:existing is missing/],
    [
      { engine: 'rds', storage: { sizeGB: 5 }, network: { vpcId: 'v', subnets: [] }, tags: { a: 1 } },
      'The configuration has mistakes:\n' +
        '  tidemark:storage has the unknown key sizeGB.\n' +
        '  tidemark:network.subnetIds: Invalid input: expected array, received undefined.\n' +
        '  tidemark:network has the unknown key subnets.\n' +
        '  tidemark:tags.a: Invalid input: expected string, received number.',
    ],
    [{ engine: 'rds', tunnel: { ssh: { host: 'h' } } }, /tidemark:tunnel\.ssh\.user: Invalid input/],
    [
      { engine: 'rds', alarms: { emails: ['oncall'], thresholds: { cpu: 5, load: 0 } } },
      'The configuration has mistakes:\n' +
        '  tidemark:alarms.emails.0: Invalid email address.\n' +
        '  tidemark:alarms.thresholds.load: Too small: expected number to be >0.\n' +
        '  tidemark:alarms.thresholds has the unknown key cpu.',
    ],
    [
      { engine: 'rds', alarms: { emails: ['a@example.com'], topicArn: 'arn:aws:sns:eu-west-1:1:pages' } },
      /tidemark:alarms: give emails, to create a topic, or topicArn, to use an existing topic\./,
    ],
    [
      { engine: 'existing', existing: { arn: 'arn:x' }, alarms: { emails: ['a@example.com'] } },
      /tidemark:alarms is only for a database that this stack creates\./,
    ],
    [
      { engine: 'rds', backup: { vault: { copyTo: { region: 'eu-central-1' } } } },
      /tidemark:backup\.vault\.copyTo\.region is eu-central-1, the region of the database\./,
    ],
    [{ engine: 'rds', backup: 'daily' }, 'The configuration tidemark:backup is not a map.'],
  ])('%j is refused', (values, message) => {
    expect(refusal(values)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });
});
