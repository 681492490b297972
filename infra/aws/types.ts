/** What a program may ask of a database on AWS. Every option has a default, except `engine`. */
import type * as pulumi from '@pulumi/pulumi';
import type { Tunnel } from '../connection/connection';

/** RDS for PostgreSQL, Aurora PostgreSQL on instances, or Serverless v2. "Engine" is AWS's word; elsewhere it is the SQL in the database. */
export type DatabaseEngine = 'rds' | 'aurora' | 'aurora-serverless';

/** gp3 storage of an RDS instance. Aurora sizes its storage itself. */
export interface StorageArgs {
  /** GiB at first, 20 to 65536. Default 100. */
  readonly sizeGb?: number;
  /** GiB up to which RDS grows it when less than a tenth is free; at least 10 % above `sizeGb`. Default five times `sizeGb`. */
  readonly maxSizeGb?: number;
  /** 12000 to 64000, and only from 400 GiB on: below, gp3 has 3000 and takes no other. Default: what comes with the size. */
  readonly iops?: number;
  /** MiB/s, 500 to 4000 and at most a quarter of `iops`, only from 400 GiB on; below it is 125. Default: what comes with the size. */
  readonly throughput?: number;
}

/** Who may open a connection to the database. Nobody else may: there is no rule for any address. */
export interface AllowArgs {
  /** Security groups of applications, pipelines, runners. Default none. */
  readonly securityGroupIds?: readonly pulumi.Input<string>[];
  /** IPv4 ranges, such as those of a VPN or a peered VPC: at most a /8. Default none. */
  readonly cidrs?: readonly string[];
}

/** A VPC that is there already. */
export interface GivenNetworkArgs {
  readonly vpcId: pulumi.Input<string>;
  /** Private subnets in at least two availability zones. The bastion stands in the first. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly allow?: AllowArgs;
  /**
   * Security group of the VPC's own interface endpoints for ssm and ssmmessages, which must let the bastion's group in on port 443.
   * Default: the bastion may open HTTPS to anywhere, through the way out that its subnet has, such as a NAT gateway.
   */
  readonly ssmEndpointSecurityGroupId?: pulumi.Input<string>;
}

/** A VPC of the database's own: private subnets, no way to or from the internet. */
export interface OwnNetworkArgs {
  /** IPv4 range, /16 to /24. Default 10.42.0.0/16. */
  readonly cidr?: string;
  /** 2 or 3. Default 3. */
  readonly availabilityZones?: 2 | 3;
  readonly allow?: AllowArgs;
}

export interface BackupArgs {
  /** Days that any second can be restored of, 7 to 35. Default 14. */
  readonly retentionDays?: number;
  /** Daily, UTC, `hh:mm-hh:mm`, half an hour or longer, outside the maintenance window. Default 03:00-04:00. */
  readonly window?: string;
  /** Daily recovery points in AWS Backup: they outlive the database. true: all defaults. Default false. */
  readonly vault?: boolean | BackupVaultArgs;
}

export interface BackupVaultArgs {
  /** Days that recovery points are kept, 1 or more. Default 35. */
  readonly retentionDays?: number;
  /** AWS schedule, UTC. On RDS not within the backup and maintenance windows, nor in the hour before them. Default `cron(0 8 * * ? *)`. */
  readonly schedule?: string;
  /** A copy in another region, under a key of its own there. Default none. */
  readonly copyTo?: {
    /** Such as eu-west-1; another one than the database's. */
    readonly region: string;
    /** Default that of the vault. */
    readonly retentionDays?: number;
  };
}

/** Options that all databases share, made here or not. */
export interface CommonArgs {
  /** The database that the rollups live in; `up` creates it. Default `metrics`. */
  readonly database?: string;
  /** How `up` gets there. Default: through the bastion if there is one, else directly. */
  readonly tunnel?: Tunnel;
  /** PEM file of certificate authorities, seen from the folder of Pulumi.yaml. Default: those of RDS. */
  readonly caFile?: string;
  /** true: `up` carries out a reboot that parameters wait for. Default false: it is told. */
  readonly allowReboot?: boolean;
  /** Put on everything that takes tags. Default: tidemark:project and tidemark:stack. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** A database that is made, with all it needs. */
export interface NewDatabaseArgs extends CommonArgs {
  readonly engine: DatabaseEngine;
  /** `15`, `16`, `17` or `18`, or a minor version of them, such as `17.6`, which is then kept. Default `17`: the minor versions follow by themselves. */
  readonly engineVersion?: string;
  /** Name of instance or cluster, unique in account and region. Default `<project>-<stack>`. */
  readonly identifier?: string;
  /** Default db.m7g.large on RDS, db.r7g.large on Aurora, and db.serverless, which is the only one, on Aurora Serverless. */
  readonly instanceClass?: string;
  /** Aurora Serverless: ACUs (of 2 GiB) at least, 0.5 to 256 in halves. Default 2, the least that Database Insights is content with. */
  readonly minCapacity?: number;
  /** Aurora Serverless: ACUs at most, 1 to 256 in halves. Default 16. */
  readonly maxCapacity?: number;
  /** Aurora: instances besides the writer, 0 to 15. Default 1 with `multiAz`, else 0. */
  readonly readers?: number;
  /** A standby in another zone takes over: RDS keeps one, on Aurora it is the first reader. Default true. */
  readonly multiAz?: boolean;
  /** RDS only. */
  readonly storage?: StorageArgs;
  /** Default: a VPC of its own. */
  readonly network?: GivenNetworkArgs | OwnNetworkArgs;
  readonly backup?: BackupArgs;
  /** UTC, `ddd:hh:mm-ddd:hh:mm`, half an hour or longer. Default sun:04:30-sun:05:30. */
  readonly maintenanceWindow?: string;
  /**
   * true: neither AWS (deletion protection) nor Pulumi (`protect`) deletes it. Default true. To delete: set it to false, `pulumi up`,
   * then `pulumi destroy`.
   */
  readonly protect?: boolean;
  /** true: a snapshot is taken before it is deleted, and snapshot, automated backups and own key stay. Default true. */
  readonly finalSnapshot?: boolean;
  /** Encrypts storage, secret, insights and backups; it cannot be changed later. Default: a key of its own, rotated every year. */
  readonly kmsKeyArn?: pulumi.Input<string>;
  /** More PostgreSQL parameters, or other values; libraries of shared_preload_libraries are added to those that are needed. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** true: `engineVersion` may go to a later major version, at once and with an outage. Default false. */
  readonly allowMajorVersionUpgrade?: boolean;
  /**
   * false: what needs an outage or a failover waits for the maintenance window: instance class, minor version, zone, certificate.
   * Pulumi shows it as done before it is. Storage, backup, logs, protection and dynamic parameters change at once in any case.
   * Default: as `allowMajorVersionUpgrade`, since an upgrade that waits would keep the old parameter group from being deleted.
   */
  readonly applyImmediately?: boolean;
  /** A small instance that only Systems Manager reaches, as the way to the database. Default false. */
  readonly bastion?: boolean;
  /** Database Insights: `standard` keeps 7 days and is free, `advanced` keeps 465. Default `standard`. */
  readonly insights?: 'standard' | 'advanced';
  /** Seconds between two measurements of the operating system: 0 (none), 1, 5, 10, 15, 30 or 60. Default 60. */
  readonly monitoringInterval?: number;
  /** Days that exported logs are kept, one of those CloudWatch knows. Default 30. */
  readonly logRetentionDays?: number;
  /** Aurora: the Data API on the cluster. Default false. */
  readonly dataApi?: boolean;
  /** true: what a month's bill is made of is listed beside the plan. Default false. */
  readonly estimate?: boolean;
}

/** A database that is there already: nothing is made in the cloud, its parameters are only looked at. */
export interface ExistingDatabaseArgs extends CommonArgs {
  readonly existing: {
    /** ARN of an RDS instance or an Aurora cluster. One of `arn` and `host`. */
    readonly arn?: string;
    /** Its endpoint. */
    readonly host?: pulumi.Input<string>;
    /** Default 5432, or what AWS says for the ARN. */
    readonly port?: number;
    /** Default: for an ARN what AWS says, else `postgres`. */
    readonly user?: string;
    /** ARN of the secret with the password of `user`. Default: for an ARN the secret that RDS manages, if it does. */
    readonly passwordSecret?: pulumi.Input<string>;
    /** Name of an environment variable with the password. */
    readonly passwordEnv?: string;
    /** Path of a file with the password. */
    readonly passwordFile?: string;
    /** Default: that of the ARN or the host's name. */
    readonly region?: string;
    /**
     * true: the roles of Tidemark and the database were left there by an earlier stack, and are taken over. `destroy` leaves them, as
     * everything in a server that the stack did not make. Default false: `up` makes them, and fails where they are there already.
     */
    readonly adopt?: boolean;
    /** Such as 15 or 17.6; before 16 other grants are needed. Default: for an ARN what AWS says, else 17. */
    readonly engineVersion?: string;
  };
}

export type RollupDatabaseArgs = NewDatabaseArgs | ExistingDatabaseArgs;
