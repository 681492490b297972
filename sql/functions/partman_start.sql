create or replace function rollup.partman_start(p_every interval, p_time timestamptz)
returns timestamptz language plpgsql stable strict
set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  v_months integer := extract(year from p_every) * 12 + extract(month from p_every);
  v_rest   interval := p_every - make_interval(months => v_months);
begin
  if (v_months > 0) = (v_rest > '0') or p_every < '1 second' then
    raise exception 'partitions of % are neither whole months nor a fixed length of a second or more', p_every
      using errcode = 'invalid_parameter_value', hint = 'Use hours, days, weeks, months or years.';
  elsif v_months > 0 then
    return make_timestamptz(1, 1, 1, 0, 0, 0) + make_interval(months =>
      (((extract(year from p_time)::integer - 1) * 12 + extract(month from p_time)::integer - 1) / v_months) * v_months);
  end if;
  -- A Monday, so that weeks start on Mondays.
  return date_bin(v_rest, p_time, timestamptz '2000-01-03 00:00:00+00');
end $$;
comment on function rollup.partman_start(interval, timestamptz) is
  'Start of the partition of length p_every that p_time falls into, in UTC: weeks start on Mondays, quarters in January, '
    'April, July, October.';
revoke all on function rollup.partman_start(interval, timestamptz) from public;
