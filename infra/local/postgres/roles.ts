import type { Client } from 'pg';
import { scramVerifier } from './scram';
import { ENGINE_ROLE } from './state';

/**
 * Creates the two roles that RDS would give: rds_superuser, here a group with what RDS grants and without the right
 * to read or write the server's files, and tidemark, a login in that group. Repeatable.
 */
export async function createRoles(client: Client, password: string): Promise<void> {
  await client.query(`
    do $$
    begin
      if not exists (select from pg_roles where rolname = 'rds_superuser') then
        create role rds_superuser nologin;
      end if;
      if not exists (select from pg_roles where rolname = '${ENGINE_ROLE}') then
        create role ${ENGINE_ROLE};
      end if;
      grant pg_monitor, pg_signal_backend to rds_superuser;
      if exists (select from pg_roles where rolname = 'pg_checkpoint') then
        grant pg_checkpoint to rds_superuser;
      end if;
      grant rds_superuser to ${ENGINE_ROLE};
    end $$;
    alter role ${ENGINE_ROLE} login nosuperuser createdb createrole noreplication nobypassrls
      password '${scramVerifier(password)}'`);
}
