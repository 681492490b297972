/** The roles of a new RDS server. */
import { type Client, escapeIdentifier } from 'pg';
import { scramVerifier } from '../../../infra/local/scram';

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
  if ((rows[0]?.number ?? 0) >= 160_000) await client.query(`grant rds_iam to ${master} with admin option`);
}

/** A new password for the master user, as Secrets Manager sets it when it rotates. */
export async function changePassword(client: Client, user: string, password: string): Promise<void> {
  await client.query(`alter role ${escapeIdentifier(user)} password '${scramVerifier(password)}'`);
}

/** Lines of pg_hba.conf: the master user by password, members of rds_iam by token, everybody else by password. */
export function clientLines(options: {
  readonly master: string;
  readonly forceTls: boolean;
  readonly ldapPort: number;
  readonly server: string;
}): readonly string[] {
  const type = options.forceTls ? 'hostssl' : 'host';
  const ldap = `ldap ldapserver=127.0.0.1 ldapport=${options.ldapPort} ldapprefix="cn=" ldapsuffix=",ou=${options.server}"`;
  return [
    // By name, because whoever administers rds_iam counts as its member.
    `${type} all "${options.master}" 127.0.0.1/32 scram-sha-256`,
    `${type} all +rds_iam 127.0.0.1/32 ${ldap}`,
    `${type} all all 127.0.0.1/32 scram-sha-256`,
  ];
}
