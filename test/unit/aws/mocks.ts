/** Runs a program against mocks of the cloud, and gives what it registered. */
import { delimiter } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { getMonitor } from '@pulumi/pulumi/runtime/settings';
import { pluginFolder } from '../../helpers/plugin';

export type Values = Readonly<Record<string, unknown>>;

export interface Registered {
  /** Such as `aws:rds/instance:Instance`. */
  readonly type: string;
  readonly name: string;
  readonly inputs: Values;
  /** As the engine is asked, by URNs cut to `<type>::<name>`. */
  readonly options: {
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
    readonly ignoreChanges: readonly string[];
    readonly parent: string;
    readonly deletedWith: string;
    readonly dependsOn: readonly string[];
  };
}

export interface Invoked {
  readonly token: string;
  readonly inputs: Values;
}

export interface Recorded<T> {
  readonly resources: readonly Registered[];
  readonly invoked: readonly Invoked[];
  readonly result: T;
}

/** The request of a registration, as far as it is read here. */
interface Request {
  getType(): string;
  getName(): string;
  getObject(): { toJavaScript(): Values };
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getIgnorechangesList(): string[];
  getParent(): string;
  getDeletedwith(): string;
  getDependenciesList(): string[];
}

// A bastion is refused where nobody could get through it.
process.env['PATH'] = `${pluginFolder()}${delimiter}${process.env['PATH']}`;

export const REGION = 'eu-central-1';
export const SECRET = `arn:aws:secretsmanager:${REGION}:123456789012:secret:rds!one-AbCdEf`;
const ACCOUNT = `arn:aws:rds:${REGION}:123456789012`;
const SECRETS = [{ secretArn: SECRET, secretStatus: 'active', kmsKeyId: 'key' }];

/** What AWS adds to the inputs, of the properties that are read again. */
function outputs({ type, name, inputs }: Pick<Registered, 'type' | 'name' | 'inputs'>): Values {
  const { identifier, clusterIdentifier } = inputs;
  switch (type) {
    case 'aws:rds/instance:Instance':
      return {
        arn: `${ACCOUNT}:db:${identifier}`,
        address: `${identifier}.abc.${REGION}.rds.amazonaws.com`,
        port: 5432,
        masterUserSecrets: SECRETS,
      };
    case 'aws:rds/cluster:Cluster':
      return {
        arn: `${ACCOUNT}:cluster:${clusterIdentifier}`,
        endpoint: `${clusterIdentifier}.cluster-abc.${REGION}.rds.amazonaws.com`,
        port: 5432,
        masterUserSecrets: SECRETS,
      };
    default:
      return { arn: `arn:mock:${name}`, name: `${name}-1a2b3c4`, keyId: `${name}-key-id` };
  }
}

const ANSWERS: Readonly<Record<string, Values>> = {
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

function cut(urn: string): string {
  return urn.replace(/^.*::(.*\$)?([^$]+::[^:]+)$/, '$2');
}

function optionsOf(request: Request): Registered['options'] {
  return {
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    ignoreChanges: request.getIgnorechangesList(),
    parent: cut(request.getParent()),
    deletedWith: cut(request.getDeletedwith()),
    dependsOn: request.getDependenciesList().map(cut).sort(),
  };
}

export interface RecordOptions {
  /** Answers of data sources in place of the usual ones, by token. */
  readonly answers?: Readonly<Record<string, Values>>;
  readonly preview?: boolean;
}

/** Runs the program as stack `prod` of project `metrics`, and waits for all it registered. */
export async function record<T>(program: () => T, options: RecordOptions = {}): Promise<Recorded<T>> {
  const asked = new Map<string, Registered['options']>();
  const found: Pick<Registered, 'type' | 'name' | 'inputs'>[] = [];
  const invoked: Invoked[] = [];
  const key = (type: string, name: string) => `${type}::${name}`;
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        found.push({ type, name, inputs });
        // At a preview nothing that AWS adds is known.
        const added = options.preview === true ? {} : outputs({ type, name, inputs });
        return { id: options.preview === true ? undefined : `${name}-id`, state: { ...added, ...inputs } };
      },
      call: ({ token, inputs }) => {
        invoked.push({ token, inputs });
        return { ...(options.answers?.[token] ?? ANSWERS[token]) };
      },
    },
    'metrics',
    'prod',
    options.preview ?? false,
  );
  const monitor = getMonitor() as unknown as { registerResource(request: Request, done: unknown): void };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, done) => {
    asked.set(key(request.getType(), request.getName()), optionsOf(request));
    return register(request, done);
  };
  const limit = Error.stackTraceLimit;
  // Pulumi formats a stack for every resource and every output, which takes ten times as long as all the rest.
  Error.stackTraceLimit = 0;
  let result: T;
  try {
    result = program();
    await pulumi.runtime.disconnect();
  } finally {
    Error.stackTraceLimit = limit;
  }
  // All of it ran without a pause, and the test runner has to hear from us now and then.
  await new Promise((done) => setImmediate(done));
  const resources = found.map((one): Registered => {
    const given = asked.get(key(one.type, one.name));
    if (given === undefined) throw new Error(`${one.name} was not asked for`);
    return { ...one, options: given };
  });
  return { resources, invoked, result };
}

/** The inputs of the one resource of a type and, if there are several, a name. */
export function only(resources: readonly Registered[], type: string, name?: string): Registered {
  const found = resources.filter((one) => one.type === type && (name === undefined || one.name === name));
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`${found.length} resources ${type} ${name ?? ''} in ${resources.map((one) => one.name)}`);
  }
  return first;
}

export function all(resources: readonly Registered[], type: string): readonly Registered[] {
  return resources.filter((one) => one.type === type);
}

export function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((done) => void output.apply(done));
}
