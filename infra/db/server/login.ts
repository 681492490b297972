/** A login that proves itself by IAM: made by an administrator with a password, so that nothing else needs one. */
import { type Client, DatabaseError, escapeIdentifier } from 'pg';
import { TidemarkError } from '../../model/error';
import { inTransaction } from '../transaction';
import { makeRole } from './makeRole';

/** Members of this may do nearly everything already; no right to hand it on is needed. */
const ADMINISTRATORS = 'rds_superuser';
/** Its members, direct or not, log in by IAM and no longer by password. */
const BY_IAM = 'rds_iam';
const ATTRIBUTES = 'login createrole createdb';

/**
 * Makes the login if it is not there, lets it make roles and databases, and makes it a member of the roles. Repeatable.
 * Whoever runs this by password can log in by password afterwards, too: if not, nothing is changed.
 */
export async function applyLogin(client: Client, login: string, memberOf: readonly string[]): Promise<void> {
  await inTransaction(client, async () => {
    const byIamBefore = await isMember(client, BY_IAM);
    const found = await client.query('select from pg_roles where rolname = $1', [login]);
    if (found.rowCount === 0) await makeRole(client, login, ATTRIBUTES);
    const present = (await loginRoles(client, login)) ?? (await repair(client, login));
    const role = escapeIdentifier(login);
    for (const group of memberOf) {
      if (present.includes(group)) continue;
      // Since PostgreSQL 16 only who has the admin option of a role may grant it further, as to the applications' logins.
      const option = group === ADMINISTRATORS ? '' : ' with admin option';
      await client.query(`grant ${escapeIdentifier(group)} to ${role}${option}`);
    }
    // Who was a member before and is here all the same is let in some other way.
    if (!byIamBefore && (await isMember(client, BY_IAM))) throw lockout(login, client.user ?? 'this user');
  });
}

/** Gives a role that is there what the login needs; returns its roles. */
async function repair(client: Client, login: string): Promise<readonly string[]> {
  const alter = `alter role ${escapeIdentifier(login)} with ${ATTRIBUTES}`;
  try {
    await client.query(alter);
  } catch (cause) {
    if (!(cause instanceof DatabaseError) || cause.code !== '42501') throw cause;
    throw new TidemarkError(
      `The role ${login} exists without LOGIN, CREATEROLE or CREATEDB, and ${client.user} is not allowed to grant these attributes.`,
      { cause, hint: `Run as an administrator of that role: ${alter}.` },
    );
  }
  return (await loginRoles(client, login)) ?? [];
}

function lockout(login: string, user: string): TidemarkError {
  return new TidemarkError(
    `${user} is a member of ${login}. If ${login} were granted ${BY_IAM}, ${user} could no longer log in with a password. Nothing was changed.`,
    {
      hint: `Revoke that membership. If ${user} has it because ${user} created ${login}, drop ${login} and run again: tidemark then creates the login without members.`,
    },
  );
}

/** Whether the user of this session is a member of a role as pg_hba.conf sees it: direct or not, whatever INHERIT and SET say. */
async function isMember(client: Client, role: string): Promise<boolean> {
  // Not pg_has_role, which says yes for every superuser.
  const found = await client.query(
    `with recursive groups(id) as (
       select oid from pg_roles where rolname = session_user
       union select m.roleid from pg_auth_members m join groups on groups.id = m.member)
     select from groups join pg_roles r on r.oid = groups.id where r.rolname = $1`,
    [role],
  );
  return found.rowCount !== 0;
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

/**
 * Removes the login. What it owns by then is an error, which names it.
 * @returns false if it is still there, without any role, and so without a way to log in: from PostgreSQL 16 on only a
 * superuser may drop what `makeRole` made, or what was made before an upgrade to 16.
 */
export async function removeLogin(client: Client, login: string): Promise<boolean> {
  try {
    await client.query(`drop role if exists ${escapeIdentifier(login)}`);
    return true;
  } catch (cause) {
    if (!(cause instanceof DatabaseError) || cause.code !== '42501') throw cause;
    await inTransaction(client, async () => {
      await disarm(client, login);
      // Others have granted it the rest, and may take it back.
      if ((await loginRoles(client, login))?.length !== 0) throw cause;
    });
    return false;
  }
}

/** Takes back what the user of this session has granted; PostgreSQL notes the role through which it was allowed to. */
async function disarm(client: Client, login: string): Promise<void> {
  const granted = await client.query<{ role: string; grantor: string }>(
    `select m.roleid::regrole::text as role, m.grantor::regrole::text as grantor
     from pg_auth_members m join pg_roles r on r.oid = m.member
     where r.rolname = $1 and pg_has_role(m.grantor, 'usage') order by 1, 2`,
    [login],
  );
  for (const { role, grantor } of granted.rows) {
    await client.query(`revoke ${role} from ${escapeIdentifier(login)} granted by ${grantor}`);
  }
}
