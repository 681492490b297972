/** The roles of a new RDS server. */
import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { scramVerifier } from '../../../infra/local/postgres/scram';

/**
 * rds_superuser has what RDS grants it, and no way to files, other users' catalogs or superuser parameters; the master
 * user is its administrator. From PostgreSQL 16 on CREATEROLE is not enough to hand out a role: one must administer it,
 * as RDS lets its master user.
 */
export async function createAdministrator(client: Client, user: string, password: string): Promise<void> {
  const master = escapeIdentifier(user);
  await client.query(`
    create role rds_superuser nologin;
    create role rds_iam nologin;
    create role rds_replication nologin;
    create role rds_password nologin;
    grant pg_monitor, pg_signal_backend, pg_checkpoint to rds_superuser with admin option;
    grant rds_replication, rds_password to rds_superuser with admin option;
    create role ${master} login nosuperuser createdb createrole noreplication nobypassrls
      password '${scramVerifier(password)}';
    grant rds_superuser to ${master} with admin option;
    alter database postgres owner to ${master};`);
  const { rows } = await client.query<{ number: number }>(
    "select current_setting('server_version_num')::integer as number",
  );
  if ((rows[0]?.number ?? 0) < 160_000) return;
  await client.query(`grant rds_iam to ${master} with admin option`);
  await refuseMembers(client, user);
}

/**
 * From PostgreSQL 16 on the master user is refused as RDS refuses it, once it is a member of rds_iam by more than the grant
 * above: a stock server knows no other way to let it hand out rds_iam, and that grant already counts as membership, so that
 * pg_hba.conf cannot tell. It is refused in the database `postgres`, where it works.
 */
export async function refuseMembers(client: Client, user: string): Promise<void> {
  await client.query(`
    create schema rdsadmin;
    create function rdsadmin.refuse_members() returns event_trigger language plpgsql as $refuse$
    begin
      if session_user = ${escapeLiteral(user)} and exists (
        select from pg_catalog.pg_auth_members m join pg_catalog.pg_roles r on r.oid = m.member
        where r.rolname = session_user and pg_catalog.pg_has_role(m.roleid, 'rds_iam', 'member')
          and not (m.roleid = 'rds_iam'::regrole and m.grantor = 10)
      ) then
        raise invalid_authorization_specification
          using message = pg_catalog.format('PAM authentication failed for user "%s"', session_user);
      end if;
    end $refuse$;
    create event trigger refuse_members on login execute function rdsadmin.refuse_members();
    alter event trigger refuse_members enable always`);
}

/** A new password for the master user, as Secrets Manager sets it when it rotates. */
export async function changePassword(client: Client, user: string, password: string): Promise<void> {
  await client.query(`alter role ${escapeIdentifier(user)} password '${scramVerifier(password)}'`);
}

/**
 * Lines of pg_hba.conf, as RDS is said to have them: members of rds_iam, direct or not and whatever INHERIT and SET say, by
 * token, everybody else by password.
 */
export function clientLines(options: {
  readonly generation: number;
  readonly master: string;
  readonly forceTls: boolean;
  readonly ldapPort: number;
  readonly server: string;
}): readonly string[] {
  const type = options.forceTls ? 'hostssl' : 'host';
  const ldap = `ldap ldapserver=127.0.0.1 ldapport=${options.ldapPort} ldapprefix="cn=" ldapsuffix=",ou=${options.server}"`;
  // By name, because whoever administers rds_iam counts as its member; `refuseMembers` does the rest.
  const named = [`${type} all "${options.master}" 127.0.0.1/32 scram-sha-256`];
  return [
    ...(options.generation >= 16 ? named : []),
    `${type} all +rds_iam 127.0.0.1/32 ${ldap}`,
    `${type} all all 127.0.0.1/32 scram-sha-256`,
  ];
}
