import * as pulumi from '@pulumi/pulumi';
import { DatabaseAccess, type DatabaseAccessArgs } from '../../../../infra/aws/access/access';

export interface Captured {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** As the component gave them, before Pulumi looked at them. */
  readonly options: pulumi.CustomResourceOptions;
}

export class Database extends pulumi.CustomResource {
  constructor(name: string) {
    super('test:index:Database', name, {});
  }
}

export const ARGS: DatabaseAccessArgs = {
  host: 'db.example',
  region: 'eu-central-1',
  login: 'tidemark_deploy',
  engineVersion: '17.5',
  caFile: 'certs/rds.pem',
};

export interface Captures {
  readonly access: DatabaseAccess;
  readonly instance: Database;
  /** In the order in which they are applied: the provider first, then each after the one before. */
  readonly resources: readonly Captured[];
}

export function resolved<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply(resolve));
}

/** All that a component registers, under mocks. */
export async function capture(
  args: Partial<DatabaseAccessArgs> = {},
  preview = false,
  existing = false,
): Promise<Captures> {
  const registered: pulumi.runtime.MockResourceArgs[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (given) => {
        registered.push(given);
        return { id: `${given.name}-id`, state: given.inputs };
      },
      call: () => ({}),
    },
    'project',
    'stack',
    preview,
  );
  const given = new Map<string, pulumi.CustomResourceOptions>();
  const order: string[] = [];
  const instance = new Database('instance');
  const access = new DatabaseAccess(
    'db',
    { ...ARGS, ...args },
    {
      ...(existing ? {} : { deletedWith: instance }),
      transformations: [
        ({ name, props, opts }) => {
          given.set(name, opts as pulumi.CustomResourceOptions);
          order.push(name);
          return { props, opts };
        },
      ],
    },
  );
  await pulumi.runtime.disconnect();
  const resources = order
    .filter((name) => name !== 'db')
    .map((name) => {
      const found = registered.find((one) => one.name === name);
      if (found === undefined) throw new Error(`${name} was not registered`);
      return { type: found.type, name, inputs: found.inputs, options: given.get(name) ?? {} };
    });
  return { access, instance, resources };
}
