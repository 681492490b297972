import * as pulumi from '@pulumi/pulumi';
import type { Tunnel } from '../connection/connection';
import { announcedHost } from '../provider/announce';
import { requireSsm } from '../provider/requireSsm';
import { type ConnectionArgs, Login, Server } from '../provider/resources';
import { stop } from '../provider/stop';
import { newDatabaseProblems } from './checks';
import { existingProblems } from './existing';
import { existingFacts, type Facts, newFacts } from './facts';
import { tagsOf } from './resolve';
import type { RollupDatabaseArgs } from './types';

/** The login that all in the database is deployed with. It has no password: it proves itself by IAM. */
export const DEPLOY_LOGIN = 'tidemark_deploy';

/** To do what an administrator may, to log in by IAM, and to hand on both IAM and monitoring to the roles made later. */
const MEMBER_OF = ['rds_superuser', 'rds_iam', 'pg_monitor'];

/** The database that every server has, and that an administrator logs in to. */
const ADMINISTRATION = 'postgres';

function refuse(name: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  const count = `${problems.length} mistake${problems.length === 1 ? '' : 's'}`;
  throw stop(
    [`${count} in the options of the database ${name}, so nothing is planned:`, ...problems].join('\n  '),
  );
}

function goesThroughSsm({ tunnel, ...args }: RollupDatabaseArgs): boolean {
  return tunnel === undefined ? 'bastion' in args && args.bastion === true : 'ssm' in tunnel;
}

/**
 * A PostgreSQL on AWS that the rollups can live in: RDS or Aurora, encrypted, private, backed up, watched; or one that is there
 * already. It runs with the parameters that the rollups need, and has a login for deploying them.
 *
 * ```ts
 * import { RollupDatabase } from 'tidemark/aws';
 *
 * const database = new RollupDatabase('database', { engine: 'rds', bastion: true });
 * const rollups = new Rollups('rollups', { directory: 'rollups', connection: database.connection });
 * ```
 *
 * A mistake in the options ends the program, with all of them listed.
 */
export class RollupDatabase extends pulumi.ComponentResource {
  /** The database of the rollups. This component does not make it. */
  readonly database: string;
  /** Known once the way to it is told to `tidemark pulumi`: for providers that connect by themselves. */
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly region: pulumi.Output<string>;
  /** Of PostgreSQL: as asked for, such as 17, or as found, such as 17.6. */
  readonly engineVersion: pulumi.Output<string>;
  /** The administrator's, with the password that Secrets Manager keeps, to the database `postgres`. */
  readonly masterConnection: ConnectionArgs;
  /** That of `tidemark_deploy`, by IAM, to the database of the rollups. */
  readonly connection: ConnectionArgs;
  /** The way there; undefined for a direct one. */
  readonly tunnel: pulumi.Output<Tunnel> | undefined;
  /** Tags of everything. */
  readonly tags: Readonly<Record<string, string>>;
  /** undefined for a host whose name is not one of RDS; then nobody checks its parameters. */
  readonly server: Server | undefined;
  readonly login: Login;

  /** Whether `identifier` is that of an instance or of an Aurora cluster. */
  readonly kind: 'instance' | 'cluster' | undefined;
  readonly identifier: pulumi.Output<string> | undefined;
  readonly arn: pulumi.Output<string> | undefined;

  /** The instance or cluster, for `deletedWith`; undefined, as all below, for a database that was there already. */
  readonly deleteWith: pulumi.Resource | undefined;
  /** Of all instances; empty for a database that was there already. */
  readonly instanceIdentifiers: readonly pulumi.Output<string>[];
  /** Where the log of PostgreSQL goes in CloudWatch. */
  readonly logGroupName: string | undefined;
  /** The database's security group. */
  readonly securityGroupId: pulumi.Output<string> | undefined;
  readonly vpcId: pulumi.Output<string> | undefined;
  readonly subnetIds: pulumi.Output<readonly string[]> | undefined;
  readonly keyArn: pulumi.Output<string> | undefined;
  /** All decisions with their defaults, such as the largest storage, for what watches the database. */
  readonly design: Facts['design'];

  constructor(name: string, args: RollupDatabaseArgs, options: pulumi.ComponentResourceOptions = {}) {
    refuse(name, 'existing' in args ? existingProblems(args) : newDatabaseProblems(args));
    if (goesThroughSsm(args)) requireSsm();
    super('tidemark:aws:RollupDatabase', name, {}, options);
    const origin = { project: pulumi.getProject(), stack: pulumi.getStack() };
    const facts = 'existing' in args ? existingFacts(args, this) : newFacts(name, args, origin, this);
    this.tags = tagsOf(args.tags, origin);
    this.database = facts.database;
    this.engineVersion = facts.engineVersion;
    this.port = facts.port;
    this.region = facts.region;
    this.tunnel = facts.tunnel === undefined ? undefined : pulumi.output(facts.tunnel);
    const there = {
      host: facts.host,
      port: this.port,
      region: this.region,
      ...(args.caFile === undefined ? {} : { caFile: args.caFile }),
      ...(this.tunnel === undefined ? {} : { tunnel: this.tunnel }),
    };
    this.masterConnection = { ...there, database: ADMINISTRATION, user: facts.user, ...facts.password };
    this.connection = { ...there, database: this.database, user: DEPLOY_LOGIN, iam: true };
    this.host = announcedHost(this.connection);
    this.kind = facts.kind;
    this.identifier = facts.identifier;
    this.arn = facts.arn;
    this.deleteWith = facts.deleteWith;
    this.instanceIdentifiers = facts.instanceIdentifiers;
    this.logGroupName = facts.logGroupName;
    this.securityGroupId = facts.securityGroupId;
    this.vpcId = facts.vpcId;
    this.subnetIds = facts.subnetIds;
    this.keyArn = facts.keyArn;
    this.design = facts.design;
    const inside = {
      parent: this,
      ...(this.deleteWith === undefined ? {} : { deletedWith: this.deleteWith }),
    };
    this.server = this.watch(name, args.allowReboot ?? false, facts, inside);
    this.login = new Login(
      `${name}-login`,
      { connection: this.masterConnection, login: DEPLOY_LOGIN, memberOf: MEMBER_OF },
      {
        ...inside,
        // It owns extensions, and others may have granted it theirs.
        ...(this.deleteWith === undefined ? { retainOnDelete: true } : {}),
        dependsOn: this.server === undefined ? [...facts.ready] : [this.server],
      },
    );
    this.registerOutputs({ host: this.host, port: this.port, region: this.region, database: this.database });
  }

  private watch(
    name: string,
    allowReboot: boolean,
    { kind, identifier, settings, ready }: Facts,
    options: pulumi.CustomResourceOptions,
  ): Server | undefined {
    if (kind === undefined || identifier === undefined) return undefined;
    return new Server(
      `${name}-server`,
      {
        connection: this.masterConnection,
        ...(kind === 'instance' ? { instance: identifier } : { cluster: identifier }),
        region: this.region,
        parameters: settings,
        allowReboot,
      },
      { ...options, dependsOn: [...ready] },
    );
  }
}
