create or replace function rollup.names_moved(p_table oid, p_names text[], p_attnums smallint[])
returns boolean language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp as $$
declare
  v_now text[] := rollup.column_names(p_table);
begin
  return exists (select from unnest(p_names, p_attnums) n(name, attnum)
    where v_now[n.attnum] is distinct from n.name and n.name = any (v_now));
end $$;
comment on function rollup.names_moved(oid, text[], smallint[]) is
  'Whether one of these names, which columns of these numbers had, belongs to another column now. Not where it belongs to none: '
  'then the column was renamed.';
revoke all on function rollup.names_moved(oid, text[], smallint[]) from public;
