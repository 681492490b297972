create or replace function rollup.default_partition(p_parent regclass)
returns regclass language sql stable
set search_path = pg_catalog, pg_temp as $$
  select nullif(p.partdefid, 0)::regclass from pg_partitioned_table p where p.partrelid = p_parent;
$$;
comment on function rollup.default_partition(regclass) is 'The default partition of a table, or null.';
revoke all on function rollup.default_partition(regclass) from public;
