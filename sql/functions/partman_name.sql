create or replace function rollup.partman_name(p_parent regclass)
returns text language plpgsql stable strict
set search_path = pg_catalog, pg_temp as $$
declare
  v_schema name;
  v_table  name;
begin
  select n.nspname, c.relname into v_schema, v_table
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = p_parent;
  -- pg_partman joins the two with a dot, splits them again, and pastes them between quotes.
  if v_schema || v_table ~ '[.'']' then
    raise exception 'pg_partman cannot manage %, whose name holds a dot or a quote', p_parent
      using errcode = 'invalid_name',
        hint = 'Rename the table or its schema, or remove source.partition and manage the partitions yourself.';
  end if;
  return v_schema || '.' || v_table;
end $$;
comment on function rollup.partman_name(regclass) is
  'The name of a table as pg_partman''s part_config holds it: schema and table, unquoted. Null if there is no such table.';
revoke all on function rollup.partman_name(regclass) from public;
