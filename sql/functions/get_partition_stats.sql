create or replace function rollup.get_partition_stats(p_table text)
returns table (partition_name text, range tstzrange, is_default boolean, expired boolean, estimated_rows bigint,
  table_bytes bigint, index_bytes bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' as $$
declare
  -- A tier may be named as in gold, without its schema.
  v_table   regclass := coalesce(to_regclass(p_table), to_regclass(format('silver.%I', p_table)), to_regclass(format('raw.%I',
    p_table)));
  v_expired oid[] := '{}';
begin
  if v_table is null then
    raise exception 'table "%" does not exist', p_table using errcode = 'undefined_table',
      hint = 'Name a source such as raw.flights or a tier such as silver.flights_1h.';
  end if;
  if exists (select from pg_extension where extname = 'pg_partman') then
    v_expired := array(select e.relid::oid from rollup.expired_partitions(v_table) e);
  end if;
  return query
    select c.oid::regclass::text, case when c.relispartition and not d.is_default
      then rollup.partition_range(d.bound) end, d.is_default,
        c.oid = any (v_expired), case when c.reltuples >= 0
          then c.reltuples::bigint end, pg_table_size(c.oid), pg_indexes_size(c.oid)
      from pg_partition_tree(v_table) t join pg_class c on c.oid = t.relid
     cross join lateral (select pg_get_expr(c.relpartbound, c.oid), coalesce(pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT',
       false)) as d(bound, is_default)
     where t.isleaf
     union all  -- a plain table is one part
    select c.oid::regclass::text, null, false, false, case when c.reltuples >= 0
      then c.reltuples::bigint end, pg_table_size(c.oid), pg_indexes_size(c.oid)
      from pg_class c where c.oid = v_table and c.relkind = 'r' and not c.relispartition and not exists (select
        from pg_partition_tree(v_table))
     order by 3, 2, 1;
end $$;
comment on function rollup.get_partition_stats(text) is
  'The partitions of a source or tier table with their half-open ranges, whether they are past retention, rows as of the last '
    'ANALYZE (null: never analyzed) and sizes in bytes. The default partition comes last.';
revoke all on function rollup.get_partition_stats(text) from public;
