import { createHash } from 'node:crypto';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface Subscription {
  readonly protocol: 'email' | 'https';
  /** An address, whose owner has to confirm; or the URL of a paging service. */
  readonly endpoint: pulumi.Input<string>;
}

export interface TopicArgs {
  readonly identifier: pulumi.Input<string>;
  /** Its policy must let cloudwatch.amazonaws.com use it. Default: a key made here. */
  readonly kmsKeyArn?: pulumi.Input<string>;
  readonly subscriptions: readonly Subscription[];
  readonly tags: Readonly<Record<string, string>>;
}

const CLOUDWATCH = { Service: 'cloudwatch.amazonaws.com' };

/**
 * A key of its own: alarms cannot publish to a topic under the key `aws/sns`, whose policy nobody can change, and the one that
 * encrypts the database is none of CloudWatch's business.
 */
function topicKey(
  name: string,
  args: TopicArgs,
  account: pulumi.Output<string>,
  parent: pulumi.Resource,
): aws.kms.Key {
  const { partition } = aws.getPartitionOutput({}, { parent });
  const policy = pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Administration',
        Effect: 'Allow',
        Principal: { AWS: pulumi.interpolate`arn:${partition}:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Sid: 'Alarms',
        Effect: 'Allow',
        Principal: CLOUDWATCH,
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      },
    ],
  });
  return new aws.kms.Key(
    `${name}-alarms`,
    {
      description: pulumi.interpolate`Alarms of the database ${args.identifier}`,
      enableKeyRotation: true,
      deletionWindowInDays: 7,
      policy,
      tags: args.tags,
    },
    { parent },
  );
}

/** Where alarms go: encrypted, published to by the alarms of this account alone, over TLS alone. */
export function alarmTopic(name: string, args: TopicArgs, parent: pulumi.Resource): aws.sns.Topic {
  const account = aws.getCallerIdentityOutput({}, { parent }).accountId;
  const kmsMasterKeyId = args.kmsKeyArn ?? topicKey(name, args, account, parent).arn;
  const topic = new aws.sns.Topic(
    `${name}-alarms`,
    { displayName: pulumi.interpolate`Tidemark ${args.identifier}`, kmsMasterKeyId, tags: args.tags },
    { parent },
  );
  const policy = pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Alarms',
        Effect: 'Allow',
        Principal: CLOUDWATCH,
        Action: 'sns:Publish',
        Resource: topic.arn,
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      },
      {
        Sid: 'Encrypted',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: topic.arn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });
  new aws.sns.TopicPolicy(`${name}-alarms`, { arn: topic.arn, policy }, { parent: topic });
  subscribe(name, args.subscriptions, topic);
  return topic;
}

/**
 * Named by the address, which SNS takes once: named by their place, all after one that is taken out would be replaced by the subscription
 * of their neighbour, which is there already, and then deleted. A hash, since a URL of a paging service is often its password.
 */
function subscriptionName({ protocol, endpoint }: Subscription, index: number): string {
  // An address that is known only later can have nothing but its place.
  if (typeof endpoint !== 'string') return String(index);
  return `${protocol}-${createHash('sha256').update(endpoint).digest('hex').slice(0, 12)}`;
}

function subscribe(name: string, subscriptions: readonly Subscription[], topic: aws.sns.Topic): void {
  const byName = new Map(subscriptions.map((one, index) => [subscriptionName(one, index), one]));
  for (const [suffix, { protocol, endpoint }] of byName) {
    new aws.sns.TopicSubscription(
      `${name}-alarms-${suffix}`,
      { topic: topic.arn, protocol, endpoint },
      { parent: topic },
    );
  }
}
