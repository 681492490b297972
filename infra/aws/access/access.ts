import * as postgresql from '@pulumi/postgresql';
import * as pulumi from '@pulumi/pulumi';
import { Chain, imported } from './chain';
import { DATABASE, EXTENSIONS, HLL, OWNER, SCHEMAS } from './names';
import { DATABASE_GRANTS, DEFAULT_PRIVILEGES, GRANTS, type Granted, SEALED } from './privileges';
import { addRoles } from './roles';

export interface DatabaseAccessArgs {
  /** Address of the writer; may be unknown at the first preview. */
  readonly host: pulumi.Input<string>;
  /** Default 5432. */
  readonly port?: pulumi.Input<number>;
  /** AWS region of the IAM token. */
  readonly region: pulumi.Input<string>;
  /**
   * Name of a profile in the AWS configuration. Its own region signs the token, whatever `region` is. Default: the environment's
   * credentials.
   */
  readonly profile?: pulumi.Input<string>;
  /**
   * The login that makes all this: by IAM, with CREATEROLE and CREATEDB, in rds_superuser, and with the admin option of
   * rds_iam and pg_monitor (from 16 on nobody may grant a role without). Take the output of `Login`: the token is fetched when
   * this is known and lasts 15 minutes, so it should not be known before the server is ready.
   */
  readonly login: pulumi.Input<string>;
  /** Such as 15.13 or 17. Before 16 the login must be given the right to grant what it makes; later it has it. */
  readonly engineVersion: pulumi.Input<string>;
  /** PEM file of the RDS certificate authorities, relative to the working directory of `pulumi`. */
  readonly caFile: pulumi.Input<string>;
  /** Default `metrics`. Must be the database that `cron.database_name` names. */
  readonly database?: string;
  /** true: also the extension hll, where RDS or Aurora offers it. Default false. */
  readonly hll?: boolean;
  /** false: `destroy` is not refused while its server stays. It leaves the database in any case. Default true. */
  readonly protect?: boolean;
  /** true: roles and database are there already, left by an earlier stack, and are imported. Default false. */
  readonly adopt?: boolean;
}

/**
 * A database with the roles, schemas, extensions and grants that the engine, its writers and its readers need, and nothing
 * for everybody else. Every resource waits for the one before it. Give it `deletedWith` the instance or cluster: `destroy`
 * then needs no connection. Without, the server is somebody's and stays, so `destroy` leaves everything in it as it is: others
 * may use the extensions, the schemas and the roles, too.
 *
 * | role | may |
 * | --- | --- |
 * | tidemark_owner | own all; run the jobs. pg_cron refuses roles without LOGIN, so it has that, and nothing to log in with |
 * | tidemark_pipeline | write and read tables of `raw` |
 * | tidemark_read | read views of `gold` |
 * | tidemark_app | log in by IAM; read as tidemark_read does |
 */
export class DatabaseAccess extends pulumi.ComponentResource {
  /** Name of the database, once everything in it is ready for the engine. */
  readonly database: pulumi.Output<string>;
  /** Role that the rollups take on: `connection.role`. */
  readonly owner: pulumi.Output<string>;
  readonly provider: postgresql.Provider;

  constructor(name: string, args: DatabaseAccessArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('tidemark:aws:DatabaseAccess', name, {}, options);
    const database = args.database ?? DATABASE;
    this.provider = connect(name, args, this);
    const { deletedWith } = options;
    const chain = new Chain({
      parent: this,
      provider: this.provider,
      ...(deletedWith === undefined ? { retainOnDelete: true } : { deletedWith }),
    });
    const adopted = args.adopt ?? false;
    const grant = ({ name: suffix, args: granted }: Granted): void => {
      chain.add((own) => new postgresql.Grant(`${name}-${suffix}`, { ...granted, database }, own));
    };

    addRoles(chain, name, { ...args, adopted });
    chain.add(
      (own) =>
        new postgresql.Database(
          `${name}-database`,
          { name: database, owner: OWNER, template: 'template0', encoding: 'UTF8' },
          own,
        ),
      {
        protect: args.protect ?? true,
        // pg_cron runs in it. The provider would end pg_cron's launcher first, which no login may, and leave a database that
        // refuses connections.
        retainOnDelete: true,
        ...imported(adopted, database),
      },
    );
    DATABASE_GRANTS.forEach(grant);
    // Before the extensions, some of which go to this schema.
    grant(SEALED);
    for (const schema of SCHEMAS) {
      chain.add(
        (own) => new postgresql.Schema(`${name}-${schema}`, { name: schema, database, owner: OWNER }, own),
      );
    }
    for (const extension of [...EXTENSIONS, ...(args.hll === true ? [HLL] : [])]) {
      chain.add(
        (own) => new postgresql.Extension(`${name}-${extension.name}`, { ...extension, database }, own),
      );
    }
    GRANTS.forEach(grant);
    for (const { name: suffix, args: granted } of DEFAULT_PRIVILEGES) {
      chain.add(
        (own) => new postgresql.DefaultPrivileges(`${name}-${suffix}`, { ...granted, database }, own),
      );
    }

    // Known when the last link is there, so that whoever takes them waits for all.
    this.database = chain.end(database);
    this.owner = chain.end(OWNER);
    this.registerOutputs({ database: this.database, owner: this.owner });
  }
}

/** The provider plugin, which connects when it is first needed: a preview may not know the host yet. */
function connect(name: string, args: DatabaseAccessArgs, parent: pulumi.Resource): postgresql.Provider {
  return new postgresql.Provider(
    `${name}-postgresql`,
    {
      host: args.host,
      port: args.port ?? 5432,
      // The one database that is there before this.
      database: 'postgres',
      username: args.login,
      awsRdsIamAuth: true,
      awsRdsIamRegion: args.region,
      ...(args.profile === undefined ? {} : { awsRdsIamProfile: args.profile }),
      sslmode: 'verify-full',
      sslrootcert: args.caFile,
      superuser: false,
      connectTimeout: 30,
    },
    { parent },
  );
}
