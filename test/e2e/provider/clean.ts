import { withClient } from '../../../infra/local/postgres/database';
import type { LocalServer } from '../../../infra/local/postgres/server';

/** Leaves the database as it was prepared: without engine, rollups, sources and jobs. */
export async function clean(server: LocalServer): Promise<void> {
  await withClient(server.adminUrl, async (client) => {
    await client.query(`delete from cron.job where jobname ~ '^tidemark'`);
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and application_name in ('pg_cron', 'tidemark')`,
    );
    await client.query('drop schema if exists rollup, raw, silver, gold cascade');
    await client.query(`
      do $$
      declare v_template text;
      begin
        for v_template in select template_table from partman.part_config where template_table is not null loop
          execute format('drop table if exists %s', v_template);
        end loop;
        delete from partman.part_config;
      end $$`);
  });
}
