create or replace function rollup.drain(p_name text, p_limit bigint default 100000)
returns boolean language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' set extra_float_digits = 1
set jit = off as $$
declare
  v_started timestamptz := clock_timestamp();
  v_batch   record;
  v_keys    bigint := 0;
  v_written bigint := 0;
  v_removed bigint := 0;
  v_late    bigint := 0;
begin
  perform rollup.sync_leaves(p_name);
  perform rollup.take_dirty_ranges(p_name);
  if (select d.dirty_keys + d.late_rows > p_limit from rollup.dirty_count(p_name) d) then
    return false;
  end if;
  loop
    select * into v_batch from rollup.refresh_dirty(p_name, 20000);
    exit when v_batch.total = 0 and v_batch.late = 0;
    v_keys := v_keys + v_batch.keys;
    v_written := v_written + v_batch.written;
    v_removed := v_removed + v_batch.removed;
    v_late := v_late + v_batch.late;
  end loop;
  perform rollup.log_rollup_success(p_name, 'refresh', v_started, null, v_keys, v_written, v_removed, v_late);
  return true;
end $$;
comment on function rollup.drain(text, bigint) is
  'Recomputes all dirty keys and merges all late rows, so that what is covered equals the source; false, and nothing done, where more than p_limit are waiting. The caller holds the rollup''s lock and keeps writers out.';
revoke all on function rollup.drain(text, bigint) from public;
