create or replace function rollup.purge_logs()
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  delete from rollup.timeseries_refresh_log where finished_at < now() - interval '30 days';
  delete from rollup.timeseries_error_log where occurred_at < now() - interval '30 days';
  delete from rollup.sealed_change where occurred_at < now() - interval '90 days';
  delete from rollup.set_aside where log_row is null and since < now() - interval '90 days';
  if has_table_privilege(to_regclass('cron.job_run_details'), 'select, delete') then
    delete from cron.job_run_details where end_time < now() - interval '7 days';
  end if;
end $$;
comment on function rollup.purge_logs() is
  'Deletes lines of the refresh and error logs older than 30 days, reports of changes to sealed ranges older than 90, and '
    'pg_cron''s records older than 7 where this role may.';
revoke all on function rollup.purge_logs() from public;
