create or replace procedure rollup.publish_metrics()
language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_row     record;
  v_rollups integer := 0;
  v_overdue bigint := 0;
  v_dirty   bigint := 0;
  v_failing integer := 0;
  v_alerts  integer := 0;
begin
  -- Severity LOG is written whatever log_min_messages says, up to ERROR, and reaches no client. Readers (metric filters) count
  -- words from the end of a line: words may be added in front only.
  for v_row in
    select m.name, m.status, m.attempt, coalesce(m.dirty_keys, 0) as dirty_keys, coalesce(m.late_rows, 0) as late_rows,
      coalesce(ceil(extract(epoch from m.lag)), 0)::bigint as lag,
      greatest(coalesce(ceil(extract(epoch from m.lag - rollup.schedule_period(c.schedule))), 0), 0)::bigint as overdue
      from rollup.timeseries_operations_monitor m join rollup.timeseries_rollup_config c on c.name = m.name and c.enabled
     order by m.name
  loop
    raise log 'tidemark_rollup % lag_seconds % overdue_seconds % dirty_keys % late_rows % failures %',
      v_row.name, v_row.lag, v_row.overdue, v_row.dirty_keys, v_row.late_rows, v_row.attempt;
    v_rollups := v_rollups + 1;
    v_overdue := greatest(v_overdue, v_row.overdue);
    v_dirty := v_dirty + v_row.dirty_keys;
    v_failing := v_failing + (v_row.attempt > 0)::integer;
    v_alerts := v_alerts + (v_row.status = 'ALERT')::integer;
  end loop;
  raise log 'tidemark_total rollups % overdue_seconds % dirty_keys % failing % alerts %',
    v_rollups, v_overdue, v_dirty, v_failing, v_alerts;
end $$;
comment on procedure rollup.publish_metrics() is
  'Writes to the server''s log, which needs no right: a line for each rollup that is not retired (tidemark_rollup: lag, how '
    'far it exceeds the period of the schedule, both in seconds; dirty keys, late rows, failures in a row) and one for all '
    '(tidemark_total: how many, the greatest excess, the sum of dirty keys, how many fail, how many are in ALERT). Metric '
    'filters of CloudWatch read them.';
revoke all on procedure rollup.publish_metrics() from public;
