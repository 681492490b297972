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
  sentence: 'The certificate of the database is signed by no authority that is trusted for it.',
  hint: 'Hosts of RDS are checked with Amazon’s authorities; for another one give its authority as connection.caFile.',
};

const CONNECTION: Readonly<Record<string, Told>> = {
  ECONNREFUSED: { sentence: 'No PostgreSQL answers at the configured host and port.', hint: UNREACHED },
  ENOTFOUND: { sentence: 'The configured database host cannot be resolved.', hint: UNREACHED },
  EAI_AGAIN: { sentence: 'The configured database host cannot be resolved now.', hint: UNREACHED },
  EHOSTUNREACH: { sentence: 'No way leads to the configured database host.', hint: UNREACHED },
  ENETUNREACH: { sentence: 'No way leads to the network of the configured database host.', hint: UNREACHED },
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
    sentence: 'The certificate of the database is for another host name than connection.host.',
    hint: 'Give the host name of the endpoint itself, not an address or an alias; a tunnel does not change it.',
  },
};

const PLAIN_TEXT: Told = {
  sentence: 'The database offers no TLS, and the connection demands it.',
  hint: 'Turn TLS on at the server; only for a database on this machine, give connection.tls: disable.',
};

/** Of a login by IAM: the server gives no more than a refusal. */
const IAM_HINT =
  'The role must be granted rds_iam, the instance must have IAM authentication, and the AWS credentials must be allowed rds-db:connect for it.';

/** RDS asks its own PAM module about members of rds_iam and about nobody else. */
const PAM_HINT =
  'On RDS a member of rds_iam, direct or through another role, logs in by IAM only. With a token instead of the password the user still gets in, if its AWS credentials are allowed rds-db:connect for it, and may take back what makes it a member.';

const STATES: Readonly<Record<string, Told>> = {
  '28P01': {
    sentence: 'The database refused the password.',
    hint: 'Check the variable, file or secret that the connection names.',
  },
  '28000': {
    sentence: 'The database refused the login.',
    hint: 'Check the user, and whether pg_hba or TLS settings allow it.',
  },
  '3D000': {
    sentence: 'The database does not exist.',
    hint: 'Create it, or correct the name in the connection.',
  },
  '55P03': {
    sentence:
      'A lock was not obtained in time: another session holds the table or another deployment is running.',
    hint: 'Nothing was changed. Find the holder in pg_locks and pg_stat_activity, or run again.',
  },
  '42501': {
    sentence: 'The login lacks a privilege.',
    hint: 'Grant it, or deploy as the role that owns the source tables.',
  },
  '57P01': {
    sentence: 'The database ended the connection (restart or failover).',
    hint: 'Run again: what was applied stays.',
  },
  '57P03': { sentence: 'The database is starting up or shutting down.', hint: 'Run again in a moment.' },
  '53300': {
    sentence: 'The database has no connection to spare.',
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
