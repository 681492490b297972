-- No `set search_path` here, since a procedure with one cannot commit; all names are qualified and the path is set again
-- in each transaction.
create or replace procedure rollup.perform_rollup(
  p_name text, p_force boolean default false, p_max_time interval default '1 hour', p_raise boolean default true)
language plpgsql as $$
declare
  v_until   timestamptz := pg_catalog.clock_timestamp() + p_max_time;
  v_due     timestamptz;
  v_contract integer;
  v_more    boolean := true;
  v_failed  boolean := false;
  v_losses  integer := 0;
  v_state   text; v_message text; v_detail text; v_hint text; v_context text;
begin
  commit;
  -- Only right after a commit can this be set, since even a condition takes a snapshot; `commit and chain` keeps it.
  set transaction isolation level read committed;
  while v_more and not v_failed and pg_catalog.clock_timestamp() < v_until loop
    -- The tick: the clock first, then a transaction id. Whoever wrote before that time holds a smaller id.
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    -- It does not wait for the disk: a crash that loses it loses all that was committed after it too, so whatever was built on
    -- it.
    perform pg_catalog.set_config('synchronous_commit', 'off', true);
    perform rollup.tick();
    commit and chain;

    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    if not pg_catalog.pg_try_advisory_xact_lock(rollup.lock_class(), pg_catalog.hashtext(p_name)) then
      raise notice 'rollup % is being refreshed or changed by another session', p_name;
      return;
    end if;
    select c.next_attempt_at, g.contract into v_due, v_contract
      from rollup.timeseries_rollup_config c left join rollup.generation g on g.rollup = c.name and g.live
     where c.name = p_name and c.enabled;
    if not found then
      raise exception 'rollup "%" is not configured', p_name using errcode = 'undefined_object',
        hint = 'The configured ones are: ' || coalesce((select string_agg(c.name, ', ' order by c.name)
          from rollup.timeseries_rollup_config c where c.enabled), 'none');
    end if;
    if v_contract is distinct from rollup.contract_version() then
      raise notice 'rollup % is left alone: %', p_name, rollup.contract_problem(p_name);
      return;
    end if;
    if v_due > pg_catalog.clock_timestamp() and not p_force then
      raise notice 'rollup % failed before and waits until %', p_name, v_due;
      return;
    end if;

    begin
      v_more := rollup.refresh_batch(p_name);
      v_losses := 0;
    exception when others or query_canceled then  -- a statement_timeout too
      get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail,
        v_hint = pg_exception_hint, v_context = pg_exception_context;
      -- A deadlock lost to a writer, or a lock not obtained, is over at once more often than not: no reason to wait minutes.
      v_losses := v_losses + 1;
      v_failed := v_losses > 5 or v_state not in ('40P01', '55P03');
      if v_failed then
        v_due := rollup.log_rollup_error(p_name, v_state, v_message, v_detail, v_hint, v_context);
      end if;
    end;
    commit and chain;
  end loop;
  if v_failed and p_raise then
    raise exception 'rollup % failed: %', p_name, v_message
      using errcode = v_state, detail = v_detail,
        hint = pg_catalog.format('The next attempt is due at %s; see rollup.timeseries_error_log.', v_due);
  end if;
end $$;
comment on procedure rollup.perform_rollup(text, boolean, interval, boolean) is
  'Refreshes a rollup until nothing is due or p_max_time is over, each batch in a transaction of its own. Does nothing while '
    'another session refreshes it, while it waits after a failure (unless p_force), or where its stored statements are of '
    'another version (rollup.contract_problem). Errors go to timeseries_error_log and are raised if p_raise. Must be called '
    'outside a transaction block.';
revoke all on procedure rollup.perform_rollup(text, boolean, interval, boolean) from public;
