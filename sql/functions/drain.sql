create or replace function rollup.drain(p_name text, p_most interval default '5 seconds')
returns boolean language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' set extra_float_digits = 1
set jit = off as $$
declare
  v_started timestamptz := clock_timestamp();
  v_batch   record;
  v_empty   boolean;
  v_keys    bigint := 0;
  v_written bigint := 0;
  v_removed bigint := 0;
  v_late    bigint := 0;
begin
  if rollup.contract_problem(p_name) is not null then
    raise exception 'rollup %: %', p_name, rollup.contract_problem(p_name) using errcode = 'object_not_in_prerequisite_state';
  end if;
  perform rollup.sync_leaves(p_name);
  perform rollup.take_dirty_ranges(p_name);
  loop
    select * into v_batch from rollup.refresh_dirty(p_name, 1000);
    v_empty := v_batch.total = 0 and v_batch.late = 0;
    v_keys := v_keys + v_batch.keys;
    v_written := v_written + v_batch.written;
    v_removed := v_removed + v_batch.removed;
    v_late := v_late + v_batch.late;
    exit when v_empty or clock_timestamp() > v_started + p_most;
  end loop;
  perform rollup.log_rollup_success(p_name, 'refresh', v_started, null, v_keys, v_written, v_removed, v_late);
  return v_empty;
end $$;
comment on function rollup.drain(text, interval) is
  'Recomputes all dirty keys and merges all late rows, so that what is covered equals the source; false if p_most was too '
    'short for all of them (what was done stays). The caller holds the rollup''s lock and keeps writers out.';
revoke all on function rollup.drain(text, interval) from public;
