import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { Design } from './resolve';
import type { Scope } from './scope';

/**
 * ARN of the key that encrypts everything: the given one, or one made here that AWS rotates every year. A final snapshot can be
 * read with this key only, so the key then stays when the stack goes.
 */
export function encryptionKey(scope: Scope, design: Design): pulumi.Input<string> {
  if (design.kmsKeyArn !== undefined) return design.kmsKeyArn;
  const { name, parent, tags } = scope;
  const key = new aws.kms.Key(
    `${name}-key`,
    {
      description: `Storage, master secret and insights of the database ${design.identifier}`,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      tags,
    },
    { parent, protect: design.protect, retainOnDelete: design.finalSnapshot },
  );
  new aws.kms.Alias(
    `${name}-key`,
    { name: `alias/tidemark/${design.identifier}`, targetKeyId: key.keyId },
    { parent: key },
  );
  return key.arn;
}
