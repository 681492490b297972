import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { Design, Vault } from './resolve';
import { managedPolicy, type Scope, serviceRole } from './scope';

export interface Protected {
  readonly arn: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
}

/** A vault goes only when it is empty, and AWS Backup ends recovery points in time only with the role they were made by. */
const kept = ({ protect, finalSnapshot }: Design) => ({
  vault: { forceDestroy: !finalSnapshot },
  options: { protect, retainOnDelete: finalSnapshot },
});

/**
 * Daily recovery points of the database in AWS Backup, and copies of them in another region. They outlive the database where its final
 * snapshot does, with vaults, keys and role. The vaults' names end in letters of their own, so that a database made anew finds them free.
 */
export function backupVault(scope: Scope, design: Design, vault: Vault, { arn, keyArn }: Protected): void {
  const { name, parent, tags } = scope;
  const own = new aws.backup.Vault(
    `${name}-backup`,
    { ...kept(design).vault, kmsKeyArn: keyArn, tags },
    { parent, ...kept(design).options },
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
    { retainOnDelete: design.finalSnapshot },
  );
  // The same role restores, when somebody starts that.
  new aws.iam.RolePolicyAttachment(
    `${name}-restore`,
    {
      role: role.name,
      policyArn: managedPolicy(scope, 'service-role/AWSBackupServiceRolePolicyForRestores'),
    },
    { parent: role, retainOnDelete: design.finalSnapshot },
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
    { parent, ...kept(design).options },
  );
  const vault = new aws.backup.Vault(
    `${name}-backup-copy`,
    { ...kept(design).vault, region, kmsKeyArn: key.arn, tags },
    { parent, ...kept(design).options },
  );
  return vault.arn;
}
