create or replace function rollup.partman_major()
returns integer language plpgsql stable
set search_path = pg_catalog, pg_temp as $$
declare
  v_schema  name;
  v_version text;
begin
  select n.nspname, e.extversion into v_schema, v_version
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_partman';
  if v_schema is null then
    raise exception 'pg_partman is not installed in database %', current_database()
      using errcode = 'undefined_object', hint = 'Run: create schema partman; create extension pg_partman schema partman;';
  elsif v_schema <> 'partman' then
    raise exception 'pg_partman is installed in schema %, not in schema partman', v_schema
      using errcode = 'object_not_in_prerequisite_state', hint = 'Create the extension again: create extension pg_partman '
        'schema partman;';
  elsif split_part(v_version, '.', 1)::integer not in (4, 5) then
    raise exception 'pg_partman % is not supported', v_version
      using errcode = 'feature_not_supported', hint = 'Versions 4.7 and 5 are.';
  end if;
  return split_part(v_version, '.', 1)::integer;
end $$;
comment on function rollup.partman_major() is
  'Major version of pg_partman, 4 or 5. Raises one clear error where it is absent, in a schema other than partman, or of an '
    'unknown version.';
revoke all on function rollup.partman_major() from public;
