create or replace function rollup.refresh_batch(p_name text, p_limit integer default 20000)
returns boolean language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' set extra_float_digits = 1
set jit = off set work_mem = '64MB' as $$
declare
  v_started timestamptz := clock_timestamp();
  v_config  rollup.timeseries_rollup_config;
  v_horizon timestamptz;
  v_dirty   record;
  v_filled  record;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'a refresh must run in a READ COMMITTED transaction, not %', current_setting('transaction_isolation')
      using errcode = 'active_sql_transaction', hint = format('Use: call rollup.perform_rollup(%L)', p_name);
  end if;
  select * into strict v_config from rollup.timeseries_rollup_config where name = p_name;
  -- After a restore, or where somebody swapped tables: nothing that is known holds for another table.
  if to_regclass(v_config.source_table) is distinct from v_config.source_oid::regclass then
    raise exception 'the source % is another table than when rollup % was deployed', v_config.source_table, p_name
      using errcode = 'object_not_in_prerequisite_state', hint = 'Deploy the definition again: its coverage then starts over.';
  end if;

  if not rollup.follow_source(p_name) then return false; end if;
  perform rollup.sync_leaves(p_name);
  perform rollup.advance_retention(p_name);
  perform rollup.take_dirty_ranges(p_name);

  -- Before anything is read from the source: each statement below then sees all that the horizon promises.
  v_horizon := greatest(rollup.horizon(v_config.source_oid), v_config.horizon);
  select * into v_dirty from rollup.refresh_dirty(p_name, p_limit);
  select * into v_filled from rollup.fill_coverage(p_name, v_horizon - v_config.lag);
  -- A coarse bucket that was open when a part of it was sealed, and is aggregated now: sealed in the same transaction, so
  -- that no reader takes it from a source that has lost a part of it.
  perform rollup.seal(p_name, sealed) from rollup.timeseries_rollup_config where name = p_name and not isempty(sealed);

  update rollup.timeseries_rollup_config
     set horizon = v_horizon, last_success_at = clock_timestamp(), attempt = 0, next_attempt_at = null
   where name = p_name;
  perform rollup.log_rollup_success(p_name, case when v_filled.backfill then 'backfill' else 'refresh' end, v_started,
    v_filled.range, v_dirty.keys, v_dirty.written + v_filled.written, v_dirty.removed, v_dirty.late);
  return v_filled.more or v_dirty.total >= p_limit;
end $$;
comment on function rollup.refresh_batch(text, integer) is
  'One transaction''s work on a rollup: follow partitions, recompute dirty keys, fill the newest hole in coverage and one '
    'older batch. Returns whether more is waiting. The caller holds the rollup''s lock and has committed a tick; use '
    'rollup.perform_rollup.';
revoke all on function rollup.refresh_batch(text, integer) from public;
