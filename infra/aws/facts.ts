/** A database, new or there already, as the resources in it see it. */
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Tunnel } from '../connection/connection';
import { backupVault } from './backup';
import { bastion } from './bastion';
import { estimateRows, estimateTable } from './estimate';
import { existing, type Target } from './existing';
import { foundation } from './foundation';
import { MASTER_USER } from './instance';
import { logGroupName } from './logs';
import { database } from './made';
import { neededSettings } from './parameters';
import { type Design, type Origin, resolve } from './resolve';
import type { ExistingDatabaseArgs, NewDatabaseArgs } from './types';
import { isGraviton } from './versions';

type Password =
  | { readonly passwordSecret: pulumi.Output<string> }
  | { readonly passwordEnv: string }
  | { readonly passwordFile: string };

export interface Facts {
  readonly database: string;
  /** As asked for, so that it is known at every preview; of a database that was there already, as it is. */
  readonly engineVersion: pulumi.Output<string>;
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly region: pulumi.Output<string>;
  readonly user: pulumi.Input<string>;
  readonly password: Password;
  readonly tunnel: pulumi.Input<Tunnel> | undefined;
  /** What can be rebooted; undefined if that is not known. */
  readonly kind: Target['kind'] | undefined;
  readonly identifier: pulumi.Output<string> | undefined;
  readonly arn: pulumi.Output<string> | undefined;
  /** Empty for a database that was there already. */
  readonly instanceIdentifiers: readonly pulumi.Output<string>[];
  readonly settings: Readonly<Record<string, string>>;
  /** Only of a new database, as all that follows. */
  readonly design: Design | undefined;
  readonly deleteWith: pulumi.Resource | undefined;
  readonly ready: readonly pulumi.Resource[];
  readonly logGroupName: string | undefined;
  readonly securityGroupId: pulumi.Output<string> | undefined;
  readonly vpcId: pulumi.Output<string> | undefined;
  readonly subnetIds: pulumi.Output<readonly string[]> | undefined;
  readonly keyArn: pulumi.Output<string> | undefined;
}

/** Makes the database and all it stands on. */
export function newFacts(
  name: string,
  args: NewDatabaseArgs,
  origin: Origin,
  parent: pulumi.Resource,
): Facts {
  const design = resolve(args, origin);
  tell(design, args.estimate ?? false, parent);
  const scope = { name, parent, tags: design.tags };
  const base = foundation(scope, design);
  const made = database(scope, design, base);
  const way = design.bastion ? bastion(scope, design, base) : undefined;
  const through = way?.instanceId.apply((instance): Tunnel => ({ ssm: { instance } }));
  if (design.vault !== undefined) {
    backupVault(scope, design, design.vault, { arn: made.arn, keyArn: base.keyArn });
  }
  return {
    database: design.database,
    engineVersion: pulumi.output(design.engineVersion),
    host: made.host,
    port: made.port,
    region: aws.getRegionOutput({}, { parent }).region,
    user: MASTER_USER,
    password: { passwordSecret: made.masterSecretArn },
    tunnel: args.tunnel ?? through,
    kind: design.engine === 'rds' ? 'instance' : 'cluster',
    identifier: made.identifier,
    arn: made.arn,
    instanceIdentifiers: made.instanceIdentifiers,
    settings: design.settings,
    design,
    deleteWith: made.resource,
    ready: [...made.ready, ...base.accessRules, ...(way?.resources ?? [])],
    logGroupName: logGroupName(design, 'postgresql'),
    securityGroupId: base.securityGroup.id,
    vpcId: pulumi.output(base.vpcId),
    subnetIds: pulumi.output([...base.subnetIds]),
    keyArn: pulumi.output(base.keyArn),
  };
}

function tell(design: Design, estimate: boolean, parent: pulumi.Resource): void {
  if (!isGraviton(design.instanceClass)) {
    void pulumi.log.warn(
      `instanceClass ${design.instanceClass} does not use Graviton processors, which cost less for the same work; use ${design.engine === 'rds' ? 'db.m7g' : 'db.r7g'} in the size that you need.`,
      parent,
    );
  }
  if (!estimate) return;
  void pulumi.log.info(estimateTable(`the database ${design.identifier}`, estimateRows(design)), parent);
}

/** Looks the database up, and makes nothing. */
export function existingFacts(args: ExistingDatabaseArgs, parent: pulumi.Resource): Facts {
  const { passwordEnv, passwordFile } = args.existing;
  const found = existing(args.existing, parent);
  const database = args.database ?? 'metrics';
  return {
    database,
    engineVersion: found.engineVersion,
    host: found.host,
    port: found.port,
    region: found.region,
    user: found.user,
    password:
      found.secretArn !== undefined
        ? { passwordSecret: found.secretArn }
        : passwordEnv !== undefined
          ? { passwordEnv }
          : { passwordFile: passwordFile ?? '' },
    tunnel: args.tunnel,
    kind: found.target?.kind,
    identifier: found.target === undefined ? undefined : pulumi.output(found.target.identifier),
    arn: found.arn,
    instanceIdentifiers: [],
    settings: neededSettings(database),
    design: undefined,
    deleteWith: undefined,
    ready: [],
    logGroupName: undefined,
    securityGroupId: undefined,
    vpcId: undefined,
    subnetIds: undefined,
    keyArn: undefined,
  };
}
