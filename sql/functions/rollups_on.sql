create or replace function rollup.rollups_on(p_source oid)
returns setof text language sql stable
set search_path = pg_catalog, pg_temp as $$
  select c.name from rollup.timeseries_rollup_config c
   where c.enabled and c.source_oid in (
     select p_source union select t.relid from pg_partition_tree(p_source) t union select a.relid
       from pg_partition_ancestors(p_source) a)
   order by c.name;
$$;
comment on function rollup.rollups_on(oid) is
  'Names of the enabled rollups that aggregate this table, one of its partitions, or the table that it is a partition of; in '
    'the order in which their locks are taken.';
revoke all on function rollup.rollups_on(oid) from public;
