import type { Client } from 'pg';
import { namedColumns, type RollupDefinition } from '../../model/definition';
import { TidemarkError } from '../../model/error';

/**
 * Refuses virtual generated columns (PostgreSQL 18) among those that the rollup names. Nothing computes them for a trigger: NEW, OLD
 * and the transition tables hold null there, so changes would be logged under wrong keys, and late rows merged without them.
 */
export async function refuseVirtualColumns(
  client: Client,
  definition: RollupDefinition,
  oid: number,
): Promise<void> {
  const found = await client.query<{
    table: string;
    name: string;
    quoted: string;
    type: string;
    expression: string;
  }>(
    `select a.attrelid::regclass::text as table, a.attname as name, quote_ident(a.attname) as quoted, format_type(a.atttypid, a.atttypmod) as type,
            pg_get_expr(d.adbin, d.adrelid) as expression
       from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = $1 and a.attgenerated = 'v' and a.attname = any ($2::text[]) order by array_position($2::text[], a.attname::text)`,
    [oid, namedColumns(definition)],
  );
  const column = found.rows[0];
  if (column === undefined) return;
  const { table, name, quoted, type, expression } = column;
  throw new TidemarkError(
    `Rollup "${definition.name}": column "${name}" of ${table} is a virtual generated column, which triggers see as null: its changes would be missed.`,
    {
      hint: `Store it: alter table ${table} drop column ${quoted}, add column ${quoted} ${type} generated always as (${expression}) stored;`,
    },
  );
}
