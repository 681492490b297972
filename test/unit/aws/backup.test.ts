import { describe, expect, it } from 'vitest';
import { all, only } from './mocks';
import { build, databaseOf, ENGINES, inputsOf } from './stacks';

const VAULT = 'aws:backup/vault:Vault';
const PLAN = 'aws:backup/plan:Plan';

describe.each(ENGINES)('AWS Backup of %s', (engine) => {
  it('is there only if asked for', async () => {
    const { resources } = await build({ engine });
    expect(resources.filter(({ type }) => type.startsWith('aws:backup'))).toEqual([]);
  });

  it('keeps a daily recovery point of this database for 35 days', async () => {
    const { resources } = await build({ engine, backup: { vault: true } });
    expect(only(resources, VAULT)).toMatchObject({
      inputs: { kmsKeyArn: 'arn:mock:database-key', forceDestroy: false },
      options: { protect: true, retainOnDelete: true },
    });
    expect(inputsOf(resources, PLAN)).toMatchObject({ name: 'metrics-prod' });
    const [rule] = inputsOf(resources, PLAN)['rules'] as readonly unknown[];
    expect(rule).toEqual({
      ruleName: 'daily',
      targetVaultName: 'database-backup-1a2b3c4',
      schedule: 'cron(0 8 * * ? *)',
      scheduleExpressionTimezone: 'Etc/UTC',
      lifecycle: { deleteAfter: 35 },
      recoveryPointTags: { 'tidemark:project': 'metrics', 'tidemark:stack': 'prod' },
    });
    const kind = engine === 'rds' ? 'db' : 'cluster';
    expect(inputsOf(resources, 'aws:backup/selection:Selection')).toEqual({
      name: 'metrics-prod',
      planId: 'database-backup-id',
      iamRoleArn: 'arn:mock:database-backup',
      resources: [`arn:aws:rds:eu-central-1:123456789012:${kind}:metrics-prod`],
    });
    const attached = all(resources, 'aws:iam/rolePolicyAttachment:RolePolicyAttachment');
    for (const [name, policy] of [
      ['database-backup', 'Backup'],
      ['database-restore', 'Restores'],
    ]) {
      expect(attached.find((one) => one.name === name)).toMatchObject({
        inputs: { policyArn: `arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor${policy}` },
        options: { retainOnDelete: true },
      });
    }
  });

  it('goes with all it holds where no snapshot is wanted', async () => {
    const { resources } = await build({ engine, finalSnapshot: false, backup: { vault: true } });
    expect(only(resources, VAULT)).toMatchObject({
      inputs: { forceDestroy: true },
      options: { retainOnDelete: false },
    });
    expect(only(resources, 'aws:iam/role:Role', 'database-backup').options.retainOnDelete).toBe(false);
  });

  it('copies to another region, under a key of its own there', async () => {
    const vault = {
      retentionDays: 20,
      schedule: 'rate(1 day)',
      copyTo: { region: 'eu-west-1', retentionDays: 90 },
    };
    const { resources } = await build({ engine, backup: { vault } });
    expect(only(resources, 'aws:kms/key:Key', 'database-backup-copy')).toMatchObject({
      inputs: { region: 'eu-west-1', enableKeyRotation: true, deletionWindowInDays: 30 },
      options: { protect: true, retainOnDelete: true },
    });
    expect(only(resources, VAULT, 'database-backup-copy')).toMatchObject({
      inputs: { region: 'eu-west-1', kmsKeyArn: 'arn:mock:database-backup-copy' },
      options: { protect: true, retainOnDelete: true },
    });
    expect(inputsOf(resources, PLAN)['rules']).toMatchObject([
      {
        schedule: 'rate(1 day)',
        lifecycle: { deleteAfter: 20 },
        copyActions: [
          { destinationVaultArn: 'arn:mock:database-backup-copy', lifecycle: { deleteAfter: 90 } },
        ],
      },
    ]);
    // The plan may be changed or go; what it has kept may not.
    expect(only(resources, PLAN).options.protect).toBe(false);
  });

  it('keeps copies as long as the points, unless told otherwise', async () => {
    const { resources } = await build({
      engine,
      backup: { vault: { retentionDays: 60, copyTo: { region: 'eu-west-1' } } },
    });
    expect(inputsOf(resources, PLAN)['rules']).toMatchObject([
      { copyActions: [{ lifecycle: { deleteAfter: 60 } }] },
    ]);
  });

  it('leaves point-in-time recovery as it is', async () => {
    const { resources } = await build({ engine, backup: { retentionDays: 7, vault: true } });
    expect(databaseOf(resources).inputs['backupRetentionPeriod']).toBe(7);
  });
});
