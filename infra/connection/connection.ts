/** Where a database is and where its credential is found: plain data that holds no secret, so that it may stand in a stack's state. */

/**
 * A database by host name. The credential is looked up at the time of each operation: at most one of `passwordEnv`,
 * `passwordFile`, `passwordSecret` and `iam`.
 */
export interface HostConnection {
  /** Host name, address, or directory of a socket. */
  readonly host: string;
  /** Default 5432. */
  readonly port?: number;
  readonly database: string;
  readonly user: string;
  /** Name of an environment variable. */
  readonly passwordEnv?: string;
  /** Path of a file. */
  readonly passwordFile?: string;
  /** ARN (or name) of a Secrets Manager secret: JSON with `password`, as RDS writes it, or the bare password. */
  readonly passwordSecret?: string;
  /** true: a fresh RDS IAM token for `user` at every connect; the role must be granted `rds_iam`. */
  readonly iam?: boolean;
  /** AWS region of secret, token and tunnel. Default: the secret's ARN, the host's name, then the environment. */
  readonly region?: string;
  /** Name of a profile in the AWS configuration. Default: the environment's credentials. */
  readonly profile?: string;
  /** Default `verify-full`. */
  readonly tls?: 'verify-full' | 'require' | 'disable';
  /** PEM file of certificate authorities. Default: those of RDS for hosts of RDS, else those of this system. */
  readonly caFile?: string;
  /** Role to take on after the login (`set role`), which then owns what is made. */
  readonly role?: string;
  /** Default: none, a direct connection. */
  readonly tunnel?: Tunnel;
}

/** The way through to a host that cannot be reached directly. TLS still verifies the database host's own name. */
export type Tunnel =
  | {
      /** A port forward of Systems Manager Session Manager through this EC2 instance. */
      readonly ssm: { readonly instance: string };
    }
  | {
      readonly ssh: {
        readonly host: string;
        /** Default 22. */
        readonly port?: number;
        readonly user: string;
        /** Private key. Default: the agent of SSH_AUTH_SOCK. */
        readonly keyFile?: string;
        /** Fingerprint that the host must show, as `ssh-keygen -lf` prints it: `SHA256:…`. */
        readonly hostKey: string;
      };
    };

/** A password, or a whole URL, is named by environment variable or file and read at the time of each operation. */
export type Connection = { readonly urlEnv: string } | { readonly urlFile: string } | HostConnection;
