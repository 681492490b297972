-- Inlined into each EXECUTE, since refreshes ask dozens of times: so without a pinned search_path, and volatile as what it calls.
create or replace function rollup.statement(p_statements jsonb, p_key text)
returns text language sql volatile parallel safe
return coalesce(p_statements operator(pg_catalog.->>) p_key, rollup.no_statement(p_key));
comment on function rollup.statement(jsonb, text) is
  'One of a rollup''s or a tier''s stored statements. Raises object_not_in_prerequisite_state where it is missing: '
  'EXECUTE of a null says nothing.';
revoke all on function rollup.statement(jsonb, text) from public;
