/** Everything of Tidemark's in a database, and what of others stands in the way of taking it out. Reading changes nothing. */

import type { Client } from 'pg';
import { TidemarkError } from '../../model/error';
import type { Owner } from '../../model/owner';
import { ENGINE_JOBS } from '../engine/engine';
import { engineTables } from '../engine/migrate';
import { readOwner } from '../owners';
import { hasRelation } from '../relation';
import { readStored } from '../rollup/catalogue';

export interface RollupInventory {
  readonly name: string;
  readonly owner: Owner | null;
  /** false: retired. */
  readonly enabled: boolean;
  readonly source: string;
  /** The source's partitions are made by pg_partman for this rollup. */
  readonly managed: boolean;
  readonly job: string;
  readonly logs: readonly string[];
  readonly silver: readonly string[];
  readonly gold: readonly string[];
}

export interface Inventory {
  readonly database: string;
  readonly user: string;
  readonly rollups: readonly RollupInventory[];
  /** Pulumi resources that want the engine. */
  readonly users: readonly Owner[];
  /** What was made for rollups whose configuration somebody deleted. */
  readonly orphans: readonly Made[];
  /** In schema `rollup`: what the engine has made, in the order in which it can be dropped. */
  readonly tables: readonly string[];
  readonly views: readonly string[];
  /** With the types of their arguments. */
  readonly routines: readonly string[];
  readonly jobs: readonly string[];
  /** Of gold and silver. */
  readonly schemas: readonly string[];
  readonly bytes: number;
  /** What others have made that depends on something of the above, or stands in its schema. */
  readonly foreign: readonly string[];
}

/** A row of rollup.made. */
export interface Made {
  readonly kind: string;
  readonly name: string;
}

async function names(client: Client, sql: string, values: readonly unknown[] = []): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(sql, [...values]);
  return rows.map(({ name }) => name);
}

/** Reads it all; null: there is no engine here. */
export async function readInventory(client: Client): Promise<Inventory | null> {
  const engine = await client.query<{
    here: boolean;
    catalogue: boolean;
    record: boolean;
    database: string;
    user: string;
  }>(
    `select to_regclass('rollup.migration') is not null as here, to_regclass('rollup.generation_object') is not null as catalogue,
            to_regclass('rollup.made') is not null as record,
            current_database() as database, current_user as user`,
  );
  const about = engine.rows[0];
  if (about === undefined || !about.here) return null;
  if (!about.catalogue) {
    throw new TidemarkError(
      'The engine in this database is of the first version, which kept no record of what it made.',
      {
        hint: 'Run pulumi up with this version of tidemark first.',
      },
    );
  }
  const rollups: RollupInventory[] = [];
  const known = await names(client, 'select name from rollup.timeseries_rollup_config order by name');
  for (const name of known) rollups.push(await rollupInventory(client, name));
  const made = about.record
    ? await client.query<Made & { rollup: string }>('select * from rollup.made')
    : null;
  const orphans = (made?.rows ?? []).filter(({ rollup }) => !known.includes(rollup));
  const users = about.record
    ? await client.query<Owner>('select project, stack, resource from rollup.engine_user order by 1, 2, 3')
    : null;
  const views = await names(
    client,
    `select c.oid::regclass::text as name from pg_class c
      where c.relnamespace = 'rollup'::regnamespace and c.relkind = 'v' and c.oid in (select to_regclass(case when identity not like '%(%' then identity end) from rollup.object)
      order by 1`,
  );
  const routines = await names(
    client,
    `select p.oid::regprocedure::text as name from pg_proc p
      where p.oid in (select to_regprocedure(case when identity like '%(%' then identity end) from rollup.object) order by 1`,
  );
  const tables = await names(
    client,
    'select n.name from unnest($1::text[]) n(name) where to_regclass(n.name) is not null order by 1',
    [engineTables()],
  );
  const silver = rollups.flatMap((rollup) => rollup.silver);
  const size = await client.query<{ bytes: number }>(
    `select coalesce(sum(pg_total_relation_size(t.relid)), 0)::double precision as bytes
       from unnest($1::text[]) n(name) cross join lateral (
         select to_regclass(n.name) as relid union select relid from pg_partition_tree(to_regclass(n.name))) t
      where t.relid is not null`,
    [silver],
  );
  return {
    database: about.database,
    user: about.user,
    rollups,
    users: users?.rows ?? [],
    orphans: orphans.map(({ kind, name }) => ({ kind, name })),
    tables,
    views,
    routines,
    jobs: (await hasRelation(client, 'cron.job'))
      ? await names(
          client,
          'select jobname as name from cron.job where jobname = any ($1) and database = current_database() order by 1',
          [ENGINE_JOBS],
        )
      : [],
    schemas: await names(
      client,
      `select nspname as name from pg_namespace where nspname in ('gold', 'silver') and pg_has_role(nspowner, 'usage') order by 1`,
    ),
    bytes: size.rows[0]?.bytes ?? 0,
    foreign: await foreign(client, { tables, views, routines, rollups, orphans }),
  };
}

async function rollupInventory(client: Client, name: string): Promise<RollupInventory> {
  const stored = await readStored(client, name);
  if (stored === null) throw new Error(`rollup ${name} has gone while it was read`);
  return {
    name,
    owner: await readOwner(client, name),
    enabled: stored.row.enabled,
    source: stored.names.source,
    managed: stored.definition.source.partition !== null,
    job: stored.names.job,
    logs: [stored.names.dirty, stored.names.late],
    silver: stored.names.silver,
    gold: stored.names.gold,
  };
}

interface Ours extends Pick<Inventory, 'tables' | 'views' | 'routines' | 'rollups' | 'orphans'> {}

/**
 * Relations and routines of others in schema `rollup`, and what of others depends on what goes. Silver is not looked at: where it is
 * to go, too, PostgreSQL refuses to drop what something depends on.
 */
async function foreign(
  client: Client,
  { tables, views, routines, rollups, orphans }: Ours,
): Promise<string[]> {
  const made = orphans.filter(({ kind }) => kind !== 'state' && kind !== 'capture').map(({ name }) => name);
  const relations = [
    ...tables,
    ...views,
    ...rollups.flatMap(({ logs, gold }) => [...logs, ...gold]),
    ...made,
  ];
  return names(
    client,
    `with relation as materialized (
       select to_regclass(n.name)::oid as oid from unnest($1::text[]) n(name) where to_regclass(n.name) is not null
     ), routine as materialized (
       select to_regprocedure(n.name)::oid as oid from unnest($2::text[]) n(name) where to_regprocedure(n.name) is not null
       union
       select to_regprocedure(o.name || '()')::oid from rollup.generation_object o where o.kind = 'capture'
       union
       select to_regprocedure(n.name || '()')::oid from unnest($3::text[]) n(name)
     ), dependent as (
       select distinct coalesce(w.ev_class, a.adrelid, nullif(k.conrelid, 0), case when d.classid = 'pg_class'::regclass then d.objid end)
                as relation,
              d.classid, d.objid, d.objsubid
         from pg_depend d
         left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
         left join pg_attrdef a on d.classid = 'pg_attrdef'::regclass and a.oid = d.objid
         left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
        where d.deptype = 'n' and d.classid <> 'pg_trigger'::regclass
          and ((d.refclassid = 'pg_class'::regclass and d.refobjid in (select oid from relation))
            or (d.refclassid = 'pg_proc'::regclass and d.refobjid in (select oid from routine)))
          and not (d.classid = 'pg_proc'::regclass and d.objid in (select oid from routine))
     )
     select c.oid::regclass::text as name from pg_class c
      where c.relnamespace = 'rollup'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        and c.oid not in (select oid from relation)
        and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i'))
     union
     select p.oid::regprocedure::text from pg_proc p
      where p.pronamespace = 'rollup'::regnamespace and p.oid not in (select oid from routine where oid is not null)
     union
     select coalesce(r.oid::regclass::text, pg_describe_object(d.classid, d.objid, d.objsubid))
       from dependent d left join pg_class r on r.oid = d.relation
      where d.relation is null or d.relation not in (select oid from relation)
        and d.relation not in (select i.indexrelid from pg_index i where i.indrelid in (select oid from relation))
     order by 1`,
    [relations, routines, orphans.filter(({ kind }) => kind === 'capture').map(({ name }) => name)],
  );
}
