create or replace function rollup.optimize_chunk_interval(
  p_name text, p_target_bytes bigint default 1073741824,
  out current_interval interval, out recommended_interval interval, out bytes_per_day bigint, out rows_per_day bigint,
    out reason text)
language plpgsql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' as $$
declare
  v_config rollup.timeseries_rollup_config;
  v_steps  interval[] := array['1 hour', '1 day', '1 week', '1 month', '1 year']::interval[];
  v_first  timestamptz;
  v_last   timestamptz;
  v_days   numeric;
  v_keep   interval;
  v_step   interval;
begin
  select * into v_config from rollup.timeseries_rollup_config where name = p_name;
  if not found then
    raise exception 'rollup "%" is not configured', p_name using errcode = 'undefined_object',
      hint = 'See rollup.timeseries_operations_monitor.';
  end if;
  reason := rollup.contract_problem(p_name);
  if reason is not null then return; end if;
  if exists (select from pg_extension where extname = 'pg_partman')
    and to_regclass(v_config.source_oid::regclass::text) is not null then
    current_interval := (rollup.partman_observe(v_config.source_oid) ->> 'every')::interval;
    v_keep := (rollup.partman_observe(v_config.source_oid) ->> 'retention')::interval;
  end if;
  execute rollup.statement(v_config.statements, 'sourceFloor') into v_first using timestamptz '-infinity';
  execute rollup.statement(v_config.statements, 'sourceBefore') into v_last using clock_timestamp(), timestamptz '-infinity';
  v_days := extract(epoch from v_last - v_first) / 86400;
  select sum(s.table_bytes + s.index_bytes) / nullif(v_days, 0), sum(s.estimated_rows) / nullif(v_days, 0)
    into bytes_per_day, rows_per_day
    from rollup.get_partition_stats(v_config.source_oid::regclass::text) s;
  if v_days is null or v_days < 1 or bytes_per_day is null then
    reason := 'the source holds less than a day of rows: too little to tell';
    return;
  end if;
  recommended_interval := v_steps[1];
  foreach v_step in array v_steps loop
    if bytes_per_day * extract(epoch from v_step) / 86400 <= p_target_bytes and (v_keep is null or v_step * 4 <= v_keep) then
      recommended_interval := v_step;
    end if;
  end loop;
  reason := format('%s a day over %s days make %s a partition of %s; the target is %s%s.', pg_size_pretty(bytes_per_day),
    round(v_days),
    pg_size_pretty((bytes_per_day * extract(epoch from recommended_interval) / 86400)::bigint), recommended_interval,
      pg_size_pretty(p_target_bytes),
    case when v_keep is not null then format(', and at least four partitions should fit into the retention of %s', v_keep)
      else '' end)
    || case when current_interval is null then ' The source has no partitions of pg_partman.'
            when current_interval::text = recommended_interval::text then ' That is what it has.'
            else format(' It has %s. The interval of an existing table cannot be changed: copy it into a new one.',
              current_interval) end;
end $$;
comment on function rollup.optimize_chunk_interval(text, bigint) is
  'Recommends a partition interval for a rollup''s source: the longest whose partitions stay below p_target_bytes (1 GiB) at '
    'the present rate and of which four fit into the retention. Changes nothing. Rows are estimates of the last ANALYZE.';
revoke all on function rollup.optimize_chunk_interval(text, bigint) from public;
