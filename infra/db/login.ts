/** A login that proves itself by IAM: made by an administrator with a password, so that nothing else needs one. */
import { type Client, escapeIdentifier } from 'pg';
import { inTransaction } from './transaction';

/** Members of this may do nearly everything already; no right to hand it on is needed. */
const ADMINISTRATORS = 'rds_superuser';

/** Makes the login if it is not there, lets it make roles and databases, and makes it a member of the roles. Repeatable. */
export async function applyLogin(client: Client, login: string, memberOf: readonly string[]): Promise<void> {
  await inTransaction(client, async () => {
    const found = await client.query('select from pg_roles where rolname = $1', [login]);
    const role = escapeIdentifier(login);
    if (found.rowCount === 0) await client.query(`create role ${role}`);
    await client.query(`alter role ${role} with login createrole createdb`);
    const present = await loginRoles(client, login);
    for (const group of memberOf) {
      if (present?.includes(group)) continue;
      // Since PostgreSQL 16 only who has the admin option of a role may grant it further, as to the applications' logins.
      const option = group === ADMINISTRATORS ? '' : ' with admin option';
      await client.query(`grant ${escapeIdentifier(group)} to ${role}${option}`);
    }
  });
}

/** The roles that the login is a direct member of, by name; null if it cannot be used: not there, or no login. */
export async function loginRoles(client: Client, login: string): Promise<readonly string[] | null> {
  const found = await client.query<{ roles: string[] }>(
    `select array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
                  where m.member = r.oid group by g.rolname order by g.rolname) as roles
     from pg_roles r where r.rolname = $1 and r.rolcanlogin and r.rolcreaterole and r.rolcreatedb`,
    [login],
  );
  return found.rows[0]?.roles ?? null;
}

/** Removes the login. What it owns by then is an error, which names it. */
export async function removeLogin(client: Client, login: string): Promise<void> {
  await client.query(`drop role if exists ${escapeIdentifier(login)}`);
}
