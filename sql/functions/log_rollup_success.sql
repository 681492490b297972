create or replace function rollup.log_rollup_success(
  p_name text, p_kind text, p_started_at timestamptz, p_range tstzrange,
  p_dirty_keys bigint, p_rows_written bigint, p_rows_removed bigint, p_late_rows bigint)
returns void language sql
set search_path = pg_catalog, pg_temp as $$
  insert into rollup.timeseries_refresh_log (rollup, kind, started_at, finished_at, range, dirty_keys, rows_written,
    rows_removed, late_rows_merged)
  select p_name, p_kind, p_started_at, clock_timestamp(), p_range, p_dirty_keys, p_rows_written, p_rows_removed, p_late_rows
   where p_range is not null or p_dirty_keys + p_rows_written + p_rows_removed + p_late_rows > 0;
$$;
comment on function rollup.log_rollup_success(text, text, timestamptz, tstzrange, bigint, bigint, bigint, bigint) is
  'Adds a batch to timeseries_refresh_log, unless it changed nothing.';
revoke all on function rollup.log_rollup_success(text, text, timestamptz, tstzrange, bigint, bigint, bigint, bigint) from public;
