create or replace function rollup.column_names(p_table oid)
returns text[] language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp as $$
declare
  v_names text[] := '{}';
  v_most  integer;
begin
  -- A snapshot may be older than a column that was added since: a few more numbers are tried.
  v_most := coalesce((select relnatts + 20 from pg_class where oid = p_table), 0);
  for i in 1..v_most loop
    v_names[i] := (pg_identify_object_as_address('pg_class'::regclass, p_table, i)).object_names[3];
  end loop;
  return v_names;
end $$;
comment on function rollup.column_names(oid) is
  'Names of a table''s columns by their numbers, as they are now and not in the snapshot: a GROUP BY resolves names this way, '
  'too. Null or a name with dots where a number is not in use.';
revoke all on function rollup.column_names(oid) from public;
