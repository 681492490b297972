create or replace function rollup.partition_start(p_parent regclass, p_every interval, p_time timestamptz)
returns timestamptz language plpgsql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' as $$
declare
  v_origin timestamptz;
  v_months integer := extract(year from p_every) * 12 + extract(month from p_every);
  v_behind integer;
begin
  select max(lower(r.range)) into v_origin
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
   cross join lateral rollup.partition_range(pg_get_expr(c.relpartbound, c.oid)) as r(range)
   where i.inhparent = p_parent and isfinite(lower(r.range));
  if v_origin is null then
    return rollup.partman_start(p_every, p_time);
  elsif v_months = 0 then
    return date_bin(p_every, p_time, v_origin);
  end if;
  v_behind := (extract(year from p_time)::integer - extract(year from v_origin)::integer) * 12
    + extract(month from p_time)::integer - extract(month from v_origin)::integer;
  return v_origin + make_interval(months => floor(v_behind::numeric / v_months)::integer * v_months);
end $$;
comment on function rollup.partition_start(regclass, interval, timestamptz) is
  'Start of the partition of a table, there or not, that p_time falls into, counted from the partitions that are there.';
revoke all on function rollup.partition_start(regclass, interval, timestamptz) from public;
