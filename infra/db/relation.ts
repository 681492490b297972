import type { Client } from 'pg';

/** Whether the database has a table or view of this name: reading also works where there is no engine, an older one, or no pg_cron. */
export async function hasRelation(client: Client, name: string): Promise<boolean> {
  const found = await client.query<{ present: boolean }>('select to_regclass($1) is not null as present', [
    name,
  ]);
  return found.rows[0]?.present === true;
}
