/** Runs a program against mocks of the cloud, and gives what it registered. */
import * as pulumi from '@pulumi/pulumi';

export interface Registered {
  /** Such as `aws:rds/instance:Instance`. */
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Invoked {
  readonly token: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Recorded {
  readonly resources: readonly Registered[];
  readonly invoked: readonly Invoked[];
}

const REGION = 'eu-central-1';
const ACCOUNT = 'arn:aws:rds:eu-central-1:123456789012';
const SECRET = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!one-AbCdEf';

const SECRETS = [{ secretArn: SECRET, secretStatus: 'active', kmsKeyId: 'key' }];

/** What AWS adds to the inputs, of the properties that are read again. */
function outputs({ type, name, inputs }: Registered): Record<string, unknown> {
  const arn = `arn:mock:${name}`;
  switch (type) {
    case 'aws:rds/instance:Instance':
      return {
        arn: `${ACCOUNT}:db:${inputs['identifier']}`,
        address: `${inputs['identifier']}.abc.${REGION}.rds.amazonaws.com`,
        port: 5432,
        masterUserSecrets: SECRETS,
      };
    case 'aws:rds/cluster:Cluster':
      return {
        arn: `${ACCOUNT}:cluster:${inputs['clusterIdentifier']}`,
        endpoint: `${inputs['clusterIdentifier']}.cluster-abc.${REGION}.rds.amazonaws.com`,
        port: 5432,
        masterUserSecrets: SECRETS,
      };
    default:
      return { arn, name: inputs['name'] ?? `${name}-1a2b3c4`, keyId: `${name}-key-id` };
  }
}

const ANSWERS: Readonly<Record<string, Record<string, unknown>>> = {
  'aws:index/getRegion:getRegion': { region: REGION, name: REGION, id: REGION },
  'aws:index/getPartition:getPartition': { partition: 'aws', id: 'aws' },
  'aws:index/getAvailabilityZones:getAvailabilityZones': {
    names: [`${REGION}a`, `${REGION}b`, `${REGION}c`],
  },
  'aws:ssm/getParameter:getParameter': { insecureValue: 'ami-0123456789abcdef0', value: 'secret' },
  'aws:rds/getInstance:getInstance': {
    address: `theirs.abc.${REGION}.rds.amazonaws.com`,
    port: 5433,
    masterUsername: 'root',
    masterUserSecrets: SECRETS,
  },
  'aws:rds/getCluster:getCluster': {
    endpoint: `theirs.cluster-abc.${REGION}.rds.amazonaws.com`,
    port: 5434,
    masterUsername: 'root',
    masterUserSecrets: SECRETS,
  },
};

/** Runs the program and waits for all it registered. Of stack `prod` in project `metrics`. */
export async function record<T>(program: () => T): Promise<Recorded & { readonly result: T }> {
  const resources: Registered[] = [];
  const invoked: Invoked[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        const one = { type: args.type, name: args.name, inputs: args.inputs };
        resources.push(one);
        return { id: `${args.name}-id`, state: { ...outputs(one), ...args.inputs } };
      },
      call: (args) => {
        invoked.push({ token: args.token, inputs: args.inputs });
        return ANSWERS[args.token] ?? {};
      },
    },
    'metrics',
    'prod',
    false,
  );
  let result: T | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    result = program();
    return {};
  });
  return { resources, invoked, result: result as T };
}
