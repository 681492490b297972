import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { Design, Vault } from './resolve';
import { type Scope, serviceRole } from './scope';

export interface Protected {
  readonly arn: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
}

/** Daily recovery points of the database in AWS Backup, and copies of them in another region. */
export function backupVault(scope: Scope, design: Design, vault: Vault, { arn, keyArn }: Protected): void {
  const { name, parent, tags } = scope;
  const own = new aws.backup.Vault(
    `${name}-backup`,
    { name: design.identifier, kmsKeyArn: keyArn, tags },
    { parent, protect: design.protect },
  );
  const { copyTo } = vault;
  const plan = new aws.backup.Plan(
    `${name}-backup`,
    {
      name: design.identifier,
      rules: [
        {
          ruleName: 'daily',
          targetVaultName: own.name,
          schedule: vault.schedule,
          scheduleExpressionTimezone: 'Etc/UTC',
          lifecycle: { deleteAfter: vault.retentionDays },
          recoveryPointTags: tags,
          ...(copyTo === undefined
            ? {}
            : {
                copyActions: [
                  {
                    destinationVaultArn: remoteVault(scope, design, copyTo.region),
                    lifecycle: { deleteAfter: copyTo.retentionDays },
                  },
                ],
              }),
        },
      ],
      tags,
    },
    { parent },
  );
  const { role, attached } = serviceRole(
    scope,
    'backup',
    'backup.amazonaws.com',
    'service-role/AWSBackupServiceRolePolicyForBackup',
  );
  new aws.backup.Selection(
    `${name}-backup`,
    { name: design.identifier, planId: plan.id, iamRoleArn: role.arn, resources: [arn] },
    { parent, dependsOn: [attached] },
  );
}

/**
 * A vault in another region with a key there: a key of AWS's own could not take in a copy. By the property `region`, which keeps the
 * credentials of the program's provider; a second provider would have only those of the environment.
 */
function remoteVault(scope: Scope, design: Design, region: string): pulumi.Output<string> {
  const { name, parent, tags } = scope;
  const key = new aws.kms.Key(
    `${name}-backup-copy`,
    {
      region,
      description: `Copies of the backups of the database ${design.identifier}`,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      tags,
    },
    { parent, protect: design.protect, retainOnDelete: design.finalSnapshot },
  );
  const vault = new aws.backup.Vault(
    `${name}-backup-copy`,
    { region, name: `${design.identifier}-copy`, kmsKeyArn: key.arn, tags },
    { parent, protect: design.protect },
  );
  return vault.arn;
}
