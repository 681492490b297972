/** Makes a role that whoever makes it does not become a member of. */
import { randomBytes } from 'node:crypto';
import { type Client, escapeIdentifier } from 'pg';

/**
 * From PostgreSQL 16 on CREATE ROLE makes its user a member of the new role, with the admin option, in the name of the
 * bootstrap superuser, so that nobody else can take it back. RDS lets members of rds_iam, direct or not, log in by
 * IAM only: its master user would be locked out by a login that it makes. So another role makes it, and goes with its
 * membership within the transaction that this must run in.
 */
export async function makeRole(client: Client, name: string, attributes: string): Promise<void> {
  const create = `create role ${escapeIdentifier(name)} with ${attributes}`;
  const { rows } = await client.query<{ version: number; me: string }>(
    `select current_setting('server_version_num')::integer as version, current_user::text as me`,
  );
  const { version = 0, me = '' } = rows[0] ?? {};
  if (version < 160_000) {
    await client.query(create);
    return;
  }
  const maker = escapeIdentifier(`tidemark_maker_${randomBytes(4).toString('hex')}`);
  await client.query(`create role ${maker} with createrole createdb`);
  await client.query(`grant ${maker} to ${escapeIdentifier(me)} with inherit false, set true`);
  await client.query(`set local role ${maker}`);
  await client.query(create);
  // Not `reset role`: a connection may have taken on a role for the whole session.
  await client.query(`set local role ${escapeIdentifier(me)}`);
  await client.query(`drop role ${maker}`);
}
