-- Volatile, so that no planner calls it in advance.
create or replace function rollup.no_statement(p_key text)
returns text language plpgsql volatile parallel safe
set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'there is no statement "%" among those stored for the rollup', p_key
    using errcode = 'object_not_in_prerequisite_state', hint = 'Deploy the definition again: `pulumi up` writes them.';
end $$;
comment on function rollup.no_statement(text) is
  'Raises object_not_in_prerequisite_state: the stored statement p_key is missing.';
revoke all on function rollup.no_statement(text) from public;
