import { type Client, DatabaseError, escapeIdentifier } from 'pg';
import { TidemarkDatabaseError } from './errors';

/** Takes on a role for the rest of the session: it then owns what is made. The login must be a member of it. */
export async function takeRole(client: Client, role: string): Promise<void> {
  try {
    await client.query(`set role ${escapeIdentifier(role)}`);
  } catch (cause) {
    if (!(cause instanceof DatabaseError)) throw cause;
    const login = client.user ?? 'the login';
    if (cause.code === '42501') {
      throw new TidemarkDatabaseError(
        `The login ${login} is not allowed to use the role ${role}.`,
        cause.code,
        {
          cause,
          hint: `Make it a member: grant ${escapeIdentifier(role)} to ${escapeIdentifier(login)}.`,
        },
      );
    }
    if (cause.code === '22023' || cause.code === '42704') {
      throw new TidemarkDatabaseError(
        `The connection names the role ${role}, but that role does not exist.`,
        cause.code,
        {
          cause,
          hint: 'Create it first, or correct connection.role.',
        },
      );
    }
    throw cause;
  }
}
