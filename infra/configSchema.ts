/** What may stand in the maps of the stack's configuration. The meaning of values is checked where they are used. */
import { z } from 'zod';
import { booleanText } from './aws/booleans';
import type { Thresholds } from './aws/watch/thresholds';

const allow = z.strictObject({
  securityGroupIds: z.array(z.string()).optional(),
  cidrs: z.array(z.string()).optional(),
});
const copyTo = z.strictObject({ region: z.string(), retentionDays: z.number().int().optional() });

const ssm = z.strictObject({ ssm: z.strictObject({ instance: z.string() }) });
const ssh = z.strictObject({
  ssh: z.strictObject({
    host: z.string(),
    port: z.number().int().optional(),
    user: z.string(),
    keyFile: z.string().optional(),
    hostKey: z.string(),
  }),
});

const givenNetwork = z.strictObject({
  vpcId: z.string(),
  subnetIds: z.array(z.string()),
  allow: allow.optional(),
  ssmEndpointSecurityGroupId: z.string().optional(),
});
const ownNetwork = z.strictObject({
  cidr: z.string().optional(),
  availabilityZones: z.union([z.literal(2), z.literal(3)]).optional(),
  allow: allow.optional(),
});

/** One of two forms, told apart by a key, so that a mistake in one is not reported as being neither. */
const either = <A extends z.ZodType, B extends z.ZodType>(key: string, withKey: A, without: B) =>
  z.unknown().transform((value, context): z.infer<A> | z.infer<B> => {
    const result = (
      typeof value === 'object' && value !== null && key in value ? withKey : without
    ).safeParse(value);
    if (result.success) return result.data as z.infer<A> | z.infer<B>;
    context.issues.push(...(result.error.issues as unknown as z.core.$ZodRawIssue[]));
    return z.NEVER;
  });

const positive = z.number().positive().optional();
const thresholds: z.ZodType<Partial<Thresholds>> = z.strictObject({
  cpuPercent: positive,
  freeMemoryGb: positive,
  freeStorageGb: positive,
  daysUntilFull: positive,
  freeLocalStorageGb: positive,
  volumeTb: positive,
  connections: positive,
  load: positive,
  transactionIds: positive,
  replicaLagSeconds: positive,
  deadlocks: positive,
  capacityPercent: positive,
  overdueSeconds: positive,
  dirtyKeys: positive,
} satisfies Record<keyof Thresholds, z.ZodType>) as z.ZodType<Partial<Thresholds>>;

const alarms = z
  .strictObject({
    emails: z.array(z.email()).optional(),
    topicArn: z.string().startsWith('arn:').optional(),
    runbook: z.string().optional(),
    thresholds: thresholds.optional(),
  })
  .refine(({ emails = [], topicArn }) => emails.length === 0 || topicArn === undefined, {
    error: 'give emails, to create a topic, or topicArn, to use an existing topic',
  })
  .transform(({ emails, ...rest }) => ({
    ...rest,
    ...(emails === undefined
      ? {}
      : { subscriptions: emails.map((endpoint) => ({ protocol: 'email' as const, endpoint })) }),
  }));

/** Values as a parameter group has them: text. */
const parameters = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .transform((values) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'boolean' ? booleanText(name, value) : String(value),
      ]),
    ),
  );

/** By the configuration key after `tidemark:`. An empty map means that nothing is given. */
export const MAPS = {
  existing: z.strictObject({
    arn: z.string().optional(),
    host: z.string().optional(),
    port: z.number().int().optional(),
    user: z.string().optional(),
    region: z.string().optional(),
    engineVersion: z.string().optional(),
    passwordSecret: z.string().optional(),
    passwordEnv: z.string().optional(),
    passwordFile: z.string().optional(),
    adopt: z.boolean().optional(),
  }),
  storage: z.strictObject({
    sizeGb: z.number().optional(),
    maxSizeGb: z.number().optional(),
    iops: z.number().optional(),
    throughput: z.number().optional(),
  }),
  network: either('vpcId', givenNetwork, ownNetwork),
  backup: z.strictObject({
    retentionDays: z.number().optional(),
    window: z.string().optional(),
    vault: z
      .union([
        z.boolean(),
        z.strictObject({
          retentionDays: z.number().optional(),
          schedule: z.string().optional(),
          copyTo: copyTo.optional(),
        }),
      ])
      .optional(),
  }),
  tunnel: either('ssh', ssh, ssm),
  parameters,
  tags: z.record(z.string(), z.string()),
  alarms,
} as const;

export type Maps = { readonly [K in keyof typeof MAPS]: z.infer<(typeof MAPS)[K]> | undefined };

/** The maps, and one sentence for each mistake. No value is repeated: somebody may have put a password there. */
export function readMaps(given: (name: keyof typeof MAPS) => unknown): {
  readonly maps: Maps;
  readonly problems: string[];
} {
  const problems: string[] = [];
  const entries = Object.entries(MAPS).map(([name, schema]) => {
    const value = given(name as keyof typeof MAPS);
    if (isEmpty(value)) return [name, undefined];
    const result = schema.safeParse(value);
    if (result.success) return [name, result.data];
    problems.push(...result.error.issues.map((issue) => sentence(name, issue)));
    return [name, undefined];
  });
  return { maps: Object.fromEntries(entries) as Maps, problems };
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  );
}

function sentence(name: string, issue: z.core.$ZodIssue): string {
  const at = [name, ...issue.path].join('.');
  if (issue.code === 'unrecognized_keys')
    return `tidemark:${at} has the unknown key ${issue.keys.join(', ')}.`;
  if (issue.code === 'invalid_union')
    return `tidemark:${at} does not have one of the forms that Pulumi.yaml describes.`;
  return `tidemark:${at}: ${issue.message}.`;
}
