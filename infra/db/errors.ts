import { DatabaseError } from 'pg';
import { TidemarkError } from '../plan/error';

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

const CONNECTION: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'No PostgreSQL answers at the configured host and port.',
  ENOTFOUND: 'The configured database host cannot be resolved.',
  ETIMEDOUT: 'The database did not answer in time.',
  ECONNRESET: 'The database closed the connection.',
};

const STATES: Readonly<Record<string, { sentence: string; hint: string }>> = {
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

/** Turns whatever `pg` throws into an error for people; errors that are so already pass through. */
export function databaseError(cause: unknown): Error {
  if (cause instanceof TidemarkError) return cause;
  if (cause instanceof DatabaseError) {
    const known = cause.code === undefined ? undefined : STATES[cause.code];
    const told = `${cause.message}${cause.detail === undefined || cause.detail === '' ? '' : ` (${cause.detail})`}`;
    const hint = known?.hint ?? cause.hint;
    return new TidemarkDatabaseError(
      known === undefined
        ? `PostgreSQL says: ${told} [${cause.code}].`
        : `${known.sentence} PostgreSQL says: ${told} [${cause.code}].`,
      cause.code,
      { cause, ...(hint === undefined ? {} : { hint }) },
    );
  }
  if (cause instanceof Error) {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
    const sentence = code === undefined ? undefined : CONNECTION[code];
    if (sentence !== undefined || /timeout|terminated|closed/i.test(cause.message)) {
      return new TidemarkDatabaseError(
        sentence ?? `The database connection failed: ${cause.message}.`,
        code,
        {
          cause,
          hint: 'Check that the server runs and that this machine can reach it.',
        },
      );
    }
    return cause;
  }
  return new Error(String(cause));
}
