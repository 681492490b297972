create or replace function rollup.partman_forget(p_parent regclass)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_name     text := rollup.partman_name(p_parent);
  v_template text;
begin
  perform rollup.partman_major();
  delete from partman.part_config where parent_table = v_name returning template_table into v_template;
  -- Only the one that pg_partman made itself for this table.
  if v_template like 'partman.template\_%'
     and not exists (select from partman.part_config p where p.template_table = v_template) then
    execute format('drop table if exists partman.%I', substr(v_template, length('partman.') + 1));
  end if;
end $$;
comment on function rollup.partman_forget(regclass) is
  'Removes pg_partman''s configuration of a table and its template table; the partitions stay as they are. Nothing happens if '
    'pg_partman does not manage it.';
revoke all on function rollup.partman_forget(regclass) from public;
