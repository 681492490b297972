/** A database that is there already: found by ARN or by host name. Nothing is made. */
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { stop } from '../provider/stop';
import { databaseProblems, versionProblems } from './checks';
import { secretOf } from './made';
import type { ExistingDatabaseArgs } from './types';
import { DEFAULT_VERSION } from './versions';

/** What can be rebooted, by its identifier. */
export type Target =
  | { readonly kind: 'instance'; readonly identifier: string }
  | { readonly kind: 'cluster'; readonly identifier: string };

export interface Existing {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly user: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
  readonly engineVersion: pulumi.Output<string>;
  /** undefined if an environment variable or a file has the password. */
  readonly secretArn: pulumi.Output<string> | undefined;
  readonly arn: pulumi.Output<string> | undefined;
  /** undefined if the host's name is not one of RDS. */
  readonly target: Target | undefined;
}

interface Located {
  readonly target: Target;
  readonly region: string;
}

/** `arn:aws:rds:<region>:<account>:db:<name>`, or `cluster`. */
export function locateArn(arn: string): Located | undefined {
  const match = /^arn:aws[a-z-]*:rds:([a-z0-9-]+):\d{12}:(db|cluster):([a-z0-9-]+)$/i.exec(arn);
  if (match === null) return undefined;
  const [, region = '', kind, identifier = ''] = match;
  return { region, target: { kind: kind === 'db' ? 'instance' : 'cluster', identifier } };
}

/** `<name>.<id>.<region>.rds.amazonaws.com`; of a cluster `<name>.cluster-<id>.…`. */
export function locateHost(host: string): Located | undefined {
  const match = /^([a-z0-9-]+)\.((?:cluster-)?)([a-z0-9]+)\.([a-z0-9-]+)\.rds\.amazonaws\.com(\.cn)?$/i.exec(
    host,
  );
  if (match === null) return undefined;
  const [, identifier = '', cluster, , region = ''] = match;
  return { region, target: { kind: cluster === '' ? 'instance' : 'cluster', identifier } };
}

export function existingProblems({ existing: given, database }: ExistingDatabaseArgs): readonly string[] {
  const { arn, host, region, passwordSecret, passwordEnv, passwordFile, engineVersion } = given;
  const found = [...versionProblems('existing.engineVersion', engineVersion)];
  if ((arn === undefined) === (host === undefined)) found.push('existing must have one of arn and host.');
  if (arn !== undefined && locateArn(arn) === undefined) {
    found.push(
      `existing.arn is ${arn}; it must be that of an RDS instance or Aurora cluster: arn:aws:rds:<region>:<account>:db:<name>, or cluster in place of db.`,
    );
  }
  if (typeof host === 'string' && /\.cluster-(ro|custom)-/.test(host)) {
    found.push(
      `existing.host is ${host}, which is not an endpoint of the writer; give the cluster's own endpoint.`,
    );
  }
  if (
    host !== undefined &&
    region === undefined &&
    (typeof host !== 'string' || locateHost(host) === undefined)
  ) {
    found.push('existing.region is missing, and the name of existing.host does not contain a region.');
  }
  const sources = [passwordSecret, passwordEnv, passwordFile].filter((source) => source !== undefined);
  if (sources.length > 1)
    found.push('existing has more than one of passwordSecret, passwordEnv and passwordFile.');
  if (host !== undefined && sources.length === 0) {
    found.push(
      'existing must have one of passwordSecret, passwordEnv and passwordFile, to make the login for IAM.',
    );
  }
  return [...found, ...databaseProblems(database)];
}

function byHost(given: ExistingDatabaseArgs['existing'], host: pulumi.Input<string>): Existing {
  const located = typeof host === 'string' ? locateHost(host) : undefined;
  return {
    host: pulumi.output(host),
    port: pulumi.output(given.port ?? 5432),
    user: pulumi.output(given.user ?? 'postgres'),
    region: pulumi.output(given.region ?? located?.region ?? ''),
    secretArn: given.passwordSecret === undefined ? undefined : pulumi.output(given.passwordSecret),
    arn: undefined,
    engineVersion: pulumi.output(given.engineVersion ?? DEFAULT_VERSION),
    target: located?.target,
  };
}

interface Described {
  readonly host: string;
  readonly port: number;
  readonly engineVersion: string;
  readonly masterUsername: string;
  readonly masterUserSecrets: Parameters<typeof secretOf>[0];
}

function describe(target: Target, region: string, parent: pulumi.Resource): pulumi.Output<Described> {
  const { identifier } = target;
  if (target.kind === 'instance') {
    const found = aws.rds.getInstanceOutput({ dbInstanceIdentifier: identifier, region }, { parent });
    return found.apply((of) => ({ ...of, host: of.address }));
  }
  const found = aws.rds.getClusterOutput({ clusterIdentifier: identifier, region }, { parent });
  return found.apply((of) => ({ ...of, host: of.endpoint }));
}

/** The secret that RDS manages, or one sentence if it manages none. */
export function managedSecret(arn: string, secrets: Described['masterUserSecrets']): string {
  const secret = secretOf(secrets);
  if (secret !== '') return secret;
  throw stop(
    `The master password of ${arn} is not managed by RDS; give existing.passwordSecret, existing.passwordEnv or existing.passwordFile.`,
  );
}

/** Of options without a mistake. */
export function existing(given: ExistingDatabaseArgs['existing'], parent: pulumi.Resource): Existing {
  const located = given.arn === undefined ? undefined : locateArn(given.arn);
  if (given.arn === undefined || located === undefined) return byHost(given, given.host ?? '');
  const { arn } = given;
  const { target, region } = located;
  const found = describe(target, region, parent);
  const elsewhere = given.passwordEnv !== undefined || given.passwordFile !== undefined;
  return {
    host: found.host,
    port: given.port === undefined ? found.port : pulumi.output(given.port),
    user: given.user === undefined ? found.masterUsername : pulumi.output(given.user),
    region: pulumi.output(region),
    engineVersion:
      given.engineVersion === undefined ? found.engineVersion : pulumi.output(given.engineVersion),
    secretArn: elsewhere
      ? undefined
      : given.passwordSecret === undefined
        ? found.masterUserSecrets.apply((secrets) => managedSecret(arn, secrets))
        : pulumi.output(given.passwordSecret),
    arn: pulumi.output(arn),
    target,
  };
}
