create or replace function rollup.adapt_batch_span(p_name text, p_took interval)
returns void language sql
set search_path = pg_catalog, pg_temp as $$
  -- A batch should take two to eight seconds: long enough to write in order, short enough to lose little in a crash.
  update rollup.timeseries_rollup_config
     set batch_span = case when p_took < interval '2 seconds' then least(batch_span * 2, interval '3650 days')
                           when p_took > interval '8 seconds' then greatest(batch_span / 2, interval '1 second')
                           else batch_span end
   where name = p_name;
$$;
comment on function rollup.adapt_batch_span(text, interval) is 'Doubles or halves the length of the next backfill batch by the '
  'time the last one took.';
revoke all on function rollup.adapt_batch_span(text, interval) from public;
