import { DatabaseError } from 'pg';
import { TidemarkError } from '../model/error';
import type { Connection } from './connection';

/** An error of the database or of reaching it, told in one sentence. Carries the SQLSTATE, never a secret. */
export class TidemarkDatabaseError extends TidemarkError {
  constructor(
    message: string,
    readonly sqlState: string | undefined,
    options: { cause?: unknown; hint?: string },
  ) {
    super(message, options);
    this.name = 'TidemarkDatabaseError';
  }
}

interface Told {
  readonly sentence: string;
  readonly hint: string;
}

const UNREACHED = 'Check that the server runs and that this machine can reach it.';
const UNTRUSTED: Told = {
  sentence:
    'The certificate of the database is not signed by an authority that Tidemark trusts for this host.',
  hint: 'Certificates of RDS are checked against the authorities of RDS. For another server, give its authority as connection.caFile.',
};

const CONNECTION: Readonly<Record<string, Told>> = {
  ECONNREFUSED: { sentence: 'No PostgreSQL answers at the configured host and port.', hint: UNREACHED },
  ENOTFOUND: { sentence: 'The configured database host cannot be resolved.', hint: UNREACHED },
  EAI_AGAIN: { sentence: 'The configured database host cannot be resolved at the moment.', hint: UNREACHED },
  EHOSTUNREACH: { sentence: 'This machine has no route to the configured database host.', hint: UNREACHED },
  ENETUNREACH: {
    sentence: 'This machine has no route to the network of the configured database host.',
    hint: UNREACHED,
  },
  ETIMEDOUT: { sentence: 'The database did not answer in time.', hint: UNREACHED },
  ECONNRESET: { sentence: 'The database closed the connection.', hint: UNREACHED },
  EPIPE: { sentence: 'The database closed the connection.', hint: UNREACHED },
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  CERT_HAS_EXPIRED: {
    sentence: 'The certificate of the database has expired.',
    hint: 'Renew it (on RDS: the certificate authority of the instance), and check this machine’s clock.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    sentence: 'The certificate of the database is not valid for the host name in connection.host.',
    hint: 'Give the host name of the endpoint itself, not an address or an alias, also when you use a tunnel.',
  },
};

const PLAIN_TEXT: Told = {
  sentence: 'The database does not offer TLS, but the connection requires it.',
  hint: 'Turn TLS on at the server. For a database on this machine only, you can set connection.tls: disable.',
};

/** Of a login by IAM: the server gives no more than a refusal. */
const IAM_HINT =
  'Check three things: the role is granted rds_iam, IAM authentication is enabled on the instance, and the AWS credentials are allowed rds-db:connect for the role.';

/** RDS asks its own PAM module about members of rds_iam and about nobody else. */
const PAM_HINT =
  'On RDS, direct and indirect members of rds_iam can log in with an IAM token only, not with a password. Log in with a token (the AWS credentials must be allowed rds-db:connect for this user), then revoke the role that makes the user a member.';

const STATES: Readonly<Record<string, Told>> = {
  '28P01': {
    sentence: 'The database refused the password.',
    hint: 'Check the password in the variable, file or secret that the connection names.',
  },
  '28000': {
    sentence: 'The database refused the login.',
    hint: 'Check the user name, and that pg_hba.conf and the TLS settings allow this login.',
  },
  '3D000': {
    sentence: 'The database does not exist.',
    hint: 'Create it, or correct the name in the connection.',
  },
  '55P03': {
    sentence:
      'A lock was not obtained in time: another session holds the table or another deployment is running.',
    hint: 'Nothing was changed. Find the session that holds the lock in pg_locks and pg_stat_activity, or run again.',
  },
  '42501': {
    sentence: 'The login does not have a privilege that it needs.',
    hint: 'Grant the privilege, or deploy as the role that owns the source tables.',
  },
  '57P01': {
    sentence: 'The database ended the connection (restart or failover).',
    hint: 'Run again. What is already applied is kept.',
  },
  '57P03': { sentence: 'The database is starting up or shutting down.', hint: 'Run again in a moment.' },
  '53300': {
    sentence: 'The database has no free connection.',
    hint: 'Raise max_connections or close idle sessions.',
  },
};

/**
 * Turns whatever `pg` throws into an error for people; errors that are so already pass through.
 * @param connection The one that was being opened, for a hint that fits it.
 */
export function databaseError(cause: unknown, connection?: Connection | { readonly url: string }): Error {
  if (cause instanceof TidemarkError) return cause;
  if (cause instanceof DatabaseError) {
    const known = cause.code === undefined ? undefined : STATES[cause.code];
    const told = `${cause.message}${cause.detail === undefined || cause.detail === '' ? '' : ` (${cause.detail})`}`;
    const refused = cause.code === '28000' || cause.code === '28P01';
    const byIam = connection !== undefined && 'iam' in connection && connection.iam === true;
    const byPam = refused && cause.message.startsWith('PAM ');
    const hint = refused && byIam ? IAM_HINT : byPam ? PAM_HINT : (known?.hint ?? cause.hint);
    return new TidemarkDatabaseError(
      known === undefined
        ? `PostgreSQL says: ${told} [${cause.code}].`
        : `${known.sentence} PostgreSQL says: ${told} [${cause.code}].`,
      cause.code,
      { cause, ...(hint === undefined ? {} : { hint }) },
    );
  }
  return cause instanceof Error ? connectionError(cause) : new Error(String(cause));
}

function connectionError(cause: Error): Error {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  const known = code === undefined ? undefined : CONNECTION[code];
  if (known !== undefined) {
    return new TidemarkDatabaseError(known.sentence, code, { cause, hint: known.hint });
  }
  if (/does not support SSL/.test(cause.message)) {
    return new TidemarkDatabaseError(PLAIN_TEXT.sentence, 'NO_TLS', { cause, hint: PLAIN_TEXT.hint });
  }
  if (/timeout|terminated|closed|not queryable|establishing an SSL/i.test(cause.message)) {
    return new TidemarkDatabaseError(`The database connection failed: ${cause.message}.`, code, {
      cause,
      hint: UNREACHED,
    });
  }
  return cause;
}
