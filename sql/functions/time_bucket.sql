create or replace function rollup.time_bucket(p_every interval, p_time timestamptz, p_zone text default null)
returns timestamptz language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp as $$
declare
  v_months integer := extract(year from p_every) * 12 + extract(month from p_every);
  v_fixed  interval := p_every - make_interval(months => v_months);
  v_local  timestamp;
  v_zone   text := coalesce(p_zone, 'UTC');
begin
  if p_time is null or p_every is null then return null; end if;
  if not isfinite(p_time) then return p_time; end if;
  if v_months > 0 and v_fixed = interval '0' then
    if v_months > 12 or 12 % v_months <> 0 then
      raise exception 'a bucket of % does not divide a year', p_every
        using errcode = 'invalid_parameter_value', hint = 'Use 1, 2, 3, 4, 6 or 12 months.';
    end if;
    v_local := timezone(v_zone, p_time);
    return rollup.calendar_start(date_trunc('month', v_local)
      - make_interval(months => (extract(month from v_local)::integer - 1) % v_months), v_zone);
  elsif v_months > 0 or v_fixed <= interval '0' then
    raise exception 'a bucket of % is neither whole months nor a fixed length', p_every
      using errcode = 'invalid_parameter_value', hint = 'Use months alone, or weeks, days and smaller units.';
  elsif p_zone is not null and v_fixed in (interval '1 day', interval '7 days') then
    return rollup.calendar_start(
      date_trunc(case v_fixed when interval '1 day' then 'day' else 'week' end, timezone(v_zone, p_time)), v_zone);
  elsif p_zone is not null then
    raise exception 'a bucket of % has no calendar in zone %', p_every, p_zone
      using errcode = 'invalid_parameter_value', hint = 'A time zone goes with 1 day, 1 week, months and years.';
  end if;
  -- A Monday, so that weeks start on Mondays.
  return date_bin(v_fixed, p_time, timestamptz '2000-01-03 00:00:00+00');
end $$;
comment on function rollup.time_bucket(interval, timestamptz, text) is
  'Start of the half-open bucket of length p_every that holds p_time: in UTC without a zone (weeks start on Mondays), or of '
    'the local day, week or months in the IANA zone p_zone, daylight saving included. The same buckets as the gold views.';
grant execute on function rollup.time_bucket(interval, timestamptz, text) to public;
