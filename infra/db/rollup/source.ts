import type { Client } from 'pg';
import type { ShapeColumn, SourceShape } from '../../model/compiled';
import type { RollupDefinition } from '../../model/definition';
import { TidemarkError } from '../../model/error';
import { quoteName } from '../../model/names';
import { refuseVirtualColumns } from './virtual';

/** What kind of relation the source is; only ordinary and partitioned tables can be captured. */
const REFUSED: Readonly<Record<string, string>> = {
  v: 'a view: nothing reports which of its rows change',
  m: 'a materialized view: nothing reports which of its rows change',
  f: 'a foreign table: changes made on its server fire no trigger here',
  i: 'an index',
  S: 'a sequence',
  c: 'a type',
};

export interface ObservedSource extends SourceShape {
  readonly oid: number;
  readonly partitioned: boolean;
  /** Columns that take no NULL. */
  readonly notNull: readonly string[];
  /** Of the table and all its partitions, as of the last ANALYZE. */
  readonly rows: number;
  readonly bytes: number;
}

/** Reads the source's columns, or null if there is no such table. Refuses sources whose changes cannot all be seen. */
export async function observeSource(
  client: Client,
  definition: RollupDefinition,
): Promise<ObservedSource | null> {
  const name = quoteName(definition.source.table);
  const found = await client.query<{
    oid: number;
    relkind: string;
    relpersistence: string;
    children: boolean;
    rls: boolean;
    owner: boolean;
    force: boolean;
    child: boolean;
    owner_name: string;
  }>(
    `select c.oid::integer, c.relkind, c.relpersistence, c.relrowsecurity as rls, c.relforcerowsecurity as force,
            pg_has_role(c.relowner, 'usage') as owner, quote_ident(pg_get_userbyid(c.relowner)) as owner_name,
            exists (select from pg_inherits i where i.inhrelid = c.oid) as child,
            c.relkind = 'r' and exists (select from pg_inherits i where i.inhparent = c.oid) as children
       from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2`,
    [definition.source.table.schema, definition.source.table.table],
  );
  const row = found.rows[0];
  if (row === undefined) return null;
  const refuse = (reason: string, hint?: string): never => {
    throw new TidemarkError(
      `Rollup "${definition.name}": the source ${name} is ${reason}.`,
      hint === undefined ? {} : { hint },
    );
  };
  const kind = REFUSED[row.relkind];
  if (kind !== undefined) refuse(kind, 'Set source.table to the table that holds the rows.');
  if (row.relpersistence === 't') refuse('a temporary table: other sessions cannot read it');
  if (row.relpersistence === 'u') {
    refuse('an unlogged table, which a crash empties', 'Use `alter table … set logged`.');
  }
  if (row.children)
    refuse(
      'the parent of inheritance children, which fire no trigger of their parent',
      'Use declarative partitioning.',
    );
  if (row.child) {
    refuse(
      'a partition or a child of another table: writes through its parent fire none of its triggers',
      'Set source.table to its parent.',
    );
  }
  if (row.rls && (row.force || !row.owner)) {
    refuse(
      'under row-level security for this login: aggregates would miss the rows that its policies hide',
      'Let the engine role own the table or bypass its policies.',
    );
  }
  const leaf = await client.query<{ name: string; relkind: string }>(
    `select c.oid::regclass::text as name, c.relkind from pg_partition_tree($1::oid::regclass) l join pg_class c on c.oid = l.relid
      where c.relkind = 'f' or c.relpersistence = 'u' order by 1 limit 1`,
    [row.oid],
  );
  const odd = leaf.rows[0];
  if (odd?.relkind === 'f')
    refuse(`partitioned, and ${odd.name} is a foreign table, whose changes fire no trigger here`);
  if (odd !== undefined) refuse(`partitioned, and ${odd.name} is unlogged, so that a crash empties it`);
  if (!row.owner) {
    refuse(
      `owned by ${row.owner_name}, and this login is not a member of that role, which creating capture triggers needs`,
      `Run: grant ${row.owner_name} to the login that deploys.`,
    );
  }
  await refuseOddPartitionKey(client, definition, row.oid);
  await refuseSubscription(client, definition, row.oid);
  await refuseVirtualColumns(client, definition, row.oid);
  return {
    oid: row.oid,
    partitioned: row.relkind === 'p',
    ...(await columns(client, row.oid)),
    ...(await size(client, row.oid)),
  };
}

/** A partition's bounds tell its times only where the partition key is the time column; another time column would mislead. */
async function refuseOddPartitionKey(
  client: Client,
  definition: RollupDefinition,
  oid: number,
): Promise<void> {
  const odd = await client.query<{ name: string }>(
    `select a.attname as name from pg_partition_tree($1::oid::regclass) l join pg_partitioned_table p on p.partrelid = l.relid
       join pg_attribute a on a.attrelid = l.relid and a.attnum = p.partattrs[0]
      where p.partstrat = 'r' and p.partnatts = 1 and a.atttypid = 'timestamptz'::regtype and a.attname <> $2 limit 1`,
    [oid, definition.source.time],
  );
  if (odd.rows[0] === undefined) return refuseExpressionKey(client, definition, oid);
  throw new TidemarkError(
    `Rollup "${definition.name}": the source is partitioned by the time column "${odd.rows[0].name}", not by "${definition.source.time}".`,
    { hint: `Set source.time to ${odd.rows[0].name}, or partition by source.time.` },
  );
}

/** Nor do bounds of an expression that gives a time: nothing says which times of `source.time` they allow. */
async function refuseExpressionKey(client: Client, definition: RollupDefinition, oid: number): Promise<void> {
  const odd = await client.query<{ key: string }>(
    `select pg_get_partkeydef(p.partrelid) as key
       from pg_partition_tree($1::oid::regclass) l join pg_partitioned_table p on p.partrelid = l.relid
       join pg_opclass o on o.oid = p.partclass[0]
      where p.partstrat = 'r' and p.partnatts = 1 and p.partattrs[0] = 0 and o.opcintype = 'timestamptz'::regtype limit 1`,
    [oid],
  );
  if (odd.rows[0] === undefined) return;
  throw new TidemarkError(
    `Rollup "${definition.name}": the source is partitioned by ${odd.rows[0].key}, an expression, so that the bounds of a partition do not tell the times of its rows.`,
    { hint: `Partition the source by range (${definition.source.time}).` },
  );
}

async function columns(
  client: Client,
  oid: number,
): Promise<{ columns: Record<string, ShapeColumn>; notNull: readonly string[] }> {
  const { rows } = await client.query<ShapeColumn & { attname: string; attnotnull: boolean }>(
    `select a.attname, a.attnotnull, format_type(a.atttypid, a.atttypmod) as type,
            case when a.attcollation <> t.typcollation then quote_ident(n.nspname) || '.' || quote_ident(c.collname) end as collation
       from pg_attribute a join pg_type t on t.oid = a.atttypid
       left join pg_collation c on c.oid = a.attcollation left join pg_namespace n on n.oid = c.collnamespace
      where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [oid],
  );
  return {
    columns: Object.fromEntries(rows.map((c) => [c.attname, { type: c.type, collation: c.collation }])),
    notNull: rows.flatMap((c) => (c.attnotnull ? [c.attname] : [])),
  };
}

async function size(client: Client, oid: number): Promise<{ rows: number; bytes: number }> {
  const found = await client.query<{ rows: number; bytes: number }>(
    `select coalesce(sum(greatest(c.reltuples, 0)), 0)::double precision as rows,
            coalesce(sum(c.relpages), 0)::double precision * current_setting('block_size')::integer as bytes
       from pg_class c where c.relkind = 'r'
        and c.oid in (select relid from pg_partition_tree($1::oid::regclass) union select $1::oid)`,
    [oid],
  );
  return found.rows[0] ?? { rows: 0, bytes: 0 };
}

async function refuseSubscription(client: Client, definition: RollupDefinition, oid: number): Promise<void> {
  if (definition.source.capture === 'rows') return;
  const replicated = await client.query(
    'select from pg_subscription_rel where srrelid in (select relid from pg_partition_tree($1::oid::regclass) union select $1::oid)',
    [oid],
  );
  if (replicated.rowCount === 0) return;
  throw new TidemarkError(
    `Rollup "${definition.name}": the source is written by logical replication, whose changes fire no statement trigger.`,
    {
      hint: 'Set `source.capture: rows` in the definition: row triggers enabled ALWAYS see those changes too, at a higher cost per row.',
    },
  );
}
