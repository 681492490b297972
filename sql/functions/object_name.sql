create or replace function rollup.object_name(p_name text, p_kind text, p_part text default '')
returns text language sql stable
set search_path = pg_catalog, pg_temp as $$
  select o.name from rollup.generation g join rollup.generation_object o using (rollup, generation)
   where g.rollup = p_name and g.live and o.kind = p_kind and o.part = p_part;
$$;
comment on function rollup.object_name(text, text, text) is
  'What an object of a rollup''s live generation is called: kind and part as in rollup.generation_object. To be put into SQL '
    'as it is, by %s; only the bare names of triggers and jobs need quoting. Null if there is none.';
revoke all on function rollup.object_name(text, text, text) from public;
