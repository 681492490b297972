-- No `set search_path` here, since a procedure with one cannot commit; all names are qualified.
create or replace procedure rollup.handle_rollup_retries()
language plpgsql as $$
declare
  v_name text;
begin
  commit;
  for v_name in
    select c.name from rollup.timeseries_rollup_config c
     where c.enabled and c.next_attempt_at <= pg_catalog.clock_timestamp() order by c.next_attempt_at, c.name
  loop
    call rollup.perform_rollup(v_name, false, interval '1 hour', false);
  end loop;
end $$;
comment on procedure rollup.handle_rollup_retries() is
  'Refreshes every rollup that failed and whose next attempt is due. Another failure is written to timeseries_error_log and '
    'raises nothing. Must be called outside a transaction block.';
revoke all on procedure rollup.handle_rollup_retries() from public;
