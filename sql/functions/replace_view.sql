create or replace function rollup.replace_view(p_view text, p_create text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  execute p_create;
exception when invalid_table_definition or wrong_object_type then
  -- Somebody gave it other columns, or made something else of it.
  execute format('drop view if exists %s', p_view);
  execute p_create;
end $$;
comment on function rollup.replace_view(text, text) is
  'Runs p_create, a `create or replace view` of p_view with its comment: in place, so that grants stay; one that somebody gave '
    'other columns is dropped first. Raises where something depends on that.';
revoke all on function rollup.replace_view(text, text) from public;
