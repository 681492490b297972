-- No `set search_path` here, since a procedure with one cannot commit; all names are qualified and the path is set again
-- in each transaction. pg_partman sets the session's own: it is restored at the end.
create or replace procedure rollup.maintain_timeseries_tables(p_name text default null)
language plpgsql as $$
declare
  v_path  text := pg_catalog.current_setting('search_path');
  v_work  jsonb;
  v_item  jsonb;
  v_state text; v_message text; v_detail text; v_hint text; v_context text;
begin
  commit;
  set transaction isolation level read committed;
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  v_work := rollup.maintenance_work(p_name);
  commit and chain;  -- keeps the isolation level, which can be set right after a commit only
  for v_item in select w.item from pg_catalog.jsonb_array_elements(v_work) with ordinality as w(item, n) order by w.n loop
    -- What waits in the logs is refreshed before writers are locked out, so that they wait for little.
    if v_item ->> 'step' = 'refresh' then
      call rollup.perform_rollup(v_item ->> 'rollup', false, interval '1 minute', false);
      continue;
    end if;
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    perform pg_catalog.set_config('lock_timeout', '3s', true);
    begin
      perform rollup.maintenance_step(v_item);
    exception when others then
      get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail,
        v_hint = pg_exception_hint, v_context = pg_exception_context;
      perform rollup.log_maintenance(v_item ->> 'rollup', v_state, pg_catalog.format('%s: %s', v_item ->> 'title', v_message),
        v_detail, v_hint, v_context, 'Maintenance left this table as it was; refreshes go on. It is tried again by the next '
          'maintenance.');
    end;
    perform pg_catalog.set_config('search_path', v_path, false);
    commit and chain;
  end loop;
end $$;
comment on procedure rollup.maintain_timeseries_tables(text) is
  'Partitions, retention and purge, for one rollup or all, each table in a transaction of its own: adds coming partitions, '
    'drops those of tiers that are past their retention, and those of sources once every tier has aggregated them. What fails '
    'is written to timeseries_error_log as attempt 0 and tried again next time. Must be called outside a transaction block.';
revoke all on procedure rollup.maintain_timeseries_tables(text) from public;
