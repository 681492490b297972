create or replace function rollup.last_value_step(p_state double precision[], p_value double precision, p_time timestamptz)
returns double precision[] language sql immutable parallel safe
return case when p_value is null or p_time is null then p_state
  else greatest(p_state, array[extract(epoch from p_time)::double precision, p_value]) end;
comment on function rollup.last_value_step(double precision[], double precision, timestamptz) is
  'State of rollup.last_value after one more row: {time, value} of the '
  'later (of equal times the greater value); nulls leave it as it is.';
revoke all on function rollup.last_value_step(double precision[], double precision, timestamptz) from public;
