import * as pulumi from '@pulumi/pulumi';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type NewDatabaseArgs, RollupDatabase } from '../../../infra/aws';
import { estimateRows, estimateTable } from '../../../infra/aws/estimate';
import { resolve } from '../../../infra/aws/resolve';
import { record } from './mocks';

const ORIGIN = { project: 'metrics', stack: 'prod' };

function amounts(args: NewDatabaseArgs): Readonly<Record<string, string>> {
  return Object.fromEntries(
    estimateRows(resolve(args, ORIGIN)).map(([item, amount, unit]) => [item, `${amount} ${unit}`]),
  );
}

describe('what a month is billed by', () => {
  it('of RDS', () => {
    expect(amounts({ engine: 'rds' })).toEqual({
      'db.m7g.large with a standby in another zone': '730 hours (Multi-AZ price)',
      'gp3 storage at first': '100 GB (Multi-AZ price)',
      'gp3 storage at most': '500 GB (Multi-AZ price)',
      'gp3 IOPS above those of the size': '0 IOPS',
      'gp3 throughput above that of the size': '0 MiB/s',
      'Automated backups of 14 days': 'changed data GB beyond 100 GB, which are free',
      'KMS keys': '1 keys',
      'Master secret': '1 secrets',
      'Logs, kept 30 days': 'what is written GB in, GB kept',
    });
  });

  it('of RDS with faster storage, in one zone', () => {
    const storage = { sizeGb: 400, iops: 20_000, throughput: 1500 };
    expect(amounts({ engine: 'rds', multiAz: false, storage })).toMatchObject({
      'db.m7g.large': '730 hours',
      'gp3 storage at first': '400 GB',
      'gp3 IOPS above those of the size': '8000 IOPS',
      'gp3 throughput above that of the size': '1000 MiB/s',
    });
  });

  it('of RDS as fast as its size, for nothing more', () => {
    expect(amounts({ engine: 'rds', storage: { sizeGb: 500 } })).toMatchObject({
      'gp3 storage at first': '500 GB (Multi-AZ price)',
      'gp3 IOPS above those of the size': '0 IOPS',
      'gp3 throughput above that of the size': '0 MiB/s',
    });
  });

  it('of Aurora with readers', () => {
    expect(amounts({ engine: 'aurora', readers: 2, insights: 'advanced' })).toMatchObject({
      '3 × db.r7g.large': '2190 hours',
      'Aurora storage': 'what is used GB',
      'Database Insights, advanced': '4380 vCPU hours',
    });
  });

  it('of Aurora Serverless', () => {
    const args = { engine: 'aurora-serverless', minCapacity: 0.5, maxCapacity: 8 } as const;
    expect(amounts(args)).toMatchObject({
      '2 × db.serverless, at least': '730 ACU hours',
      '2 × db.serverless, at most': '11680 ACU hours',
    });
  });

  it('of bastion, endpoints, backups and copies', () => {
    const backup = { vault: { retentionDays: 20, copyTo: { region: 'eu-west-1' } } };
    expect(amounts({ engine: 'rds', bastion: true, backup })).toMatchObject({
      't4g.nano bastion': '730 hours',
      '2 interface endpoints in one zone': '1460 hours',
      'AWS Backup, 20 daily points': 'changed data GB',
      'Copies in eu-west-1, 20 days': 'changed data GB',
      'KMS keys': '2 keys',
    });
  });

  it('of no endpoints and no key where they are given', () => {
    const network = { vpcId: 'vpc-1', subnetIds: ['a', 'b'], ssmEndpointSecurityGroupId: 'sg-1' };
    const kmsKeyArn = 'arn:aws:kms:eu-central-1:123456789012:key/1';
    const found = Object.keys(amounts({ engine: 'rds', bastion: true, network, kmsKeyArn }));
    expect(found).not.toContain('2 interface endpoints in one zone');
    expect(found).not.toContain('KMS keys');
  });

  it('as a table', () => {
    const text = estimateTable('the database metrics-prod', estimateRows(resolve({ engine: 'rds' }, ORIGIN)));
    expect(text).toMatch(/^What the database metrics-prod is billed by \(prices: calculator\.aws\):\n┌/);
    expect(text).toMatch(/│ KMS keys +│ 1 +│ keys +│/);
  });
});

describe('messages beside the plan', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('tells the estimate only if asked for', async () => {
    const info = vi.spyOn(pulumi.log, 'info').mockResolvedValue();
    await record(() => new RollupDatabase('database', { engine: 'rds' }));
    expect(info).not.toHaveBeenCalled();
    await record(() => new RollupDatabase('database', { engine: 'rds', estimate: true }));
    expect(info).toHaveBeenCalledOnce();
    expect(info.mock.calls[0]?.[0]).toContain('What the database metrics-prod is billed by');
  });

  it.each([
    [{ engine: 'rds', instanceClass: 'db.m6i.large' }, 'db.m7g'],
    [{ engine: 'aurora', instanceClass: 'db.r7i.large' }, 'db.r7g'],
  ] as const)('warns of a class without Graviton: %j', async (args, better) => {
    const warn = vi.spyOn(pulumi.log, 'warn').mockResolvedValue();
    await record(() => new RollupDatabase('database', args));
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      `instanceClass ${args.instanceClass} does not use Graviton processors, which cost less for the same work; use ${better} in the size that you need.`,
    ]);
  });

  it.each(['db.t4g.micro', 'db.m7g.large', 'db.r8gd.xlarge', 'db.x2g.large'])(
    'does not warn of %s',
    async (instanceClass) => {
      const warn = vi.spyOn(pulumi.log, 'warn').mockResolvedValue();
      await record(() => new RollupDatabase('database', { engine: 'rds', instanceClass }));
      expect(warn).not.toHaveBeenCalled();
    },
  );
});
