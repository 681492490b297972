create or replace function rollup.statement(p_statements jsonb, p_key text)
returns text language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp as $$
begin
  if p_statements ->> p_key is null then
    raise exception 'there is no statement "%" among those stored for the rollup', p_key
      using errcode = 'object_not_in_prerequisite_state', hint = 'Deploy the definition again: `pulumi up` writes them.';
  end if;
  return p_statements ->> p_key;
end $$;
comment on function rollup.statement(jsonb, text) is
  'One of a rollup''s or a tier''s stored statements. Raises object_not_in_prerequisite_state where it is missing: EXECUTE of '
    'a null says nothing.';
revoke all on function rollup.statement(jsonb, text) from public;
