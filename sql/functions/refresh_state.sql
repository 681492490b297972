create or replace function rollup.refresh_state(p_name text, out lag interval, out backfill numeric, out remaining interval)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  v_config rollup.timeseries_rollup_config;
  v_tier   rollup.timeseries_tier;
  v_due    timestamptz;
  v_time   timestamptz;
  v_from   timestamptz;
  v_window tstzmultirange;
  v_all    numeric := 0;
  v_have   numeric := 0;
begin
  select * into v_config from rollup.timeseries_rollup_config where name = p_name;
  if not found or rollup.contract_problem(p_name) is not null then return; end if;
  v_due := clock_timestamp() - v_config.lag;
  for v_tier in select * from rollup.timeseries_tier where rollup = p_name order by ordinal loop
    if v_tier.ordinal = 0 then
      -- How long the oldest bucket after the covered ones has been over; one that is open is not late.
      v_time := coalesce(upper(v_tier.coverage), v_config.source_floor);
      execute rollup.statement(v_tier.statements, 'bucketCeiling') into v_time using v_time + interval '1 microsecond';
      lag := greatest(v_due - v_time, interval '0');
    end if;
    v_from := greatest(v_config.source_floor, v_tier.retained_from);
    if v_config.source_floor is not null then
      execute rollup.statement(v_tier.statements, 'bucketStart') into v_time
        using least(coalesce(v_config.horizon - v_config.lag, v_due), v_due);
      if v_time > v_from then
        v_window := tstzmultirange(tstzrange(v_from, v_time));
        v_all := v_all + extract(epoch from v_time - v_from);
        select v_have + coalesce(sum(extract(epoch from r.upper_at - r.lower_at)), 0) into v_have
          from rollup.ranges(v_tier.coverage * v_window) r;
      end if;
    end if;
  end loop;
  if v_all > 0 then
    backfill := trunc(least(v_have / v_all, 1), 4);
    if backfill < 1 then
      select (1 - backfill) * v_all * make_interval(secs => (extract(epoch from max(l.finished_at) - min(l.started_at))
          / nullif(sum(extract(epoch from upper(l.range) - lower(l.range))), 0))::double precision)
        into remaining from rollup.timeseries_refresh_log l
       where l.rollup = p_name and l.kind = 'backfill' and l.finished_at > clock_timestamp() - interval '1 hour'
         and isfinite(lower(l.range)) and isfinite(upper(l.range));
    end if;
  end if;
end $$;
comment on function rollup.refresh_state(text) is
  'How late a rollup is: lag, the time since the first bucket that is not covered was due (the definition''s own lag is not '
    'counted); backfill, the covered share of what is to be covered, all tiers together, null before the first refresh; '
    'remaining, how long the rest takes at the last hour''s speed. In the reader''s snapshot.';
revoke all on function rollup.refresh_state(text) from public;
grant execute on function rollup.refresh_state(text) to pg_monitor;
