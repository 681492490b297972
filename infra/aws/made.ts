/** A new database, on RDS or Aurora, as the rest sees it. */
import type * as pulumi from '@pulumi/pulumi';
import { cluster } from './cluster';
import type { Foundation } from './foundation';
import { instance } from './instance';
import type { Design } from './resolve';
import type { Scope } from './scope';

export interface Made {
  /** What everything in the database is `deletedWith`. */
  readonly resource: pulumi.Resource;
  /** After which it answers. */
  readonly ready: readonly pulumi.Resource[];
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly arn: pulumi.Output<string>;
  readonly identifier: pulumi.Output<string>;
  readonly masterSecretArn: pulumi.Output<string>;
  /** Of all instances; the first of a cluster is its writer at first. */
  readonly instanceIdentifiers: readonly pulumi.Output<string>[];
}

export function database(scope: Scope, design: Design, base: Foundation): Made {
  if (design.engine === 'rds') {
    const made = instance(scope, design, base);
    return {
      resource: made,
      ready: [made],
      host: made.address,
      port: made.port,
      arn: made.arn,
      identifier: made.identifier,
      instanceIdentifiers: [made.identifier],
      masterSecretArn: made.masterUserSecrets.apply(secretOf),
    };
  }
  const made = cluster(scope, design, base);
  return {
    resource: made.cluster,
    ready: [made.cluster, ...made.instances],
    host: made.cluster.endpoint,
    port: made.cluster.port,
    arn: made.cluster.arn,
    identifier: made.cluster.clusterIdentifier,
    instanceIdentifiers: made.instances.map(({ identifier }) => identifier),
    masterSecretArn: made.cluster.masterUserSecrets.apply(secretOf),
  };
}

/** At a preview, and in a state from before the password was managed, there is none. */
export function secretOf(secrets: readonly { readonly secretArn: string }[] | undefined): string {
  return secrets?.[0]?.secretArn ?? '';
}
