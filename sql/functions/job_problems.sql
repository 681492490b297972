create or replace function rollup.job_problems(p_name text)
returns setof text language plpgsql stable
set search_path = pg_catalog, pg_temp as $$
begin
  if to_regclass('cron.job') is null then
    return next 'pg_cron is not installed in this database: nothing here is scheduled';
    return;
  end if;
  return query
    select format('job %s is %s', w.name, case when j.jobid is null then 'missing' else 'inactive' end)
      from (select rollup.object_name(c.name, 'job') as name from rollup.timeseries_rollup_config c where c.enabled
        and c.name = coalesce(p_name, c.name)
            union all select unnest(array['tidemark-retries', 'tidemark-maintenance', 'tidemark-metrics'])) w
      left join cron.job j on j.jobname = w.name and j.database = current_database()
     where j.jobid is null or not j.active
     order by 1;
end $$;
comment on function rollup.job_problems(text) is
  'Jobs of pg_cron that a rollup (or, with null, every one) and the engine need and that are missing or inactive, one sentence '
    'each.';
revoke all on function rollup.job_problems(text) from public;
