create or replace function rollup.first_value_step(p_state numeric[], p_value numeric, p_time timestamptz)
returns numeric[] language sql immutable parallel safe
return case when p_value is null or p_time is null then p_state
  else least(p_state, array[extract(epoch from p_time), p_value]) end;
comment on function rollup.first_value_step(numeric[], numeric, timestamptz) is
  'State of rollup.first_value after one more row: {time, value} of the '
  'earlier (of equal times the smaller value); nulls leave it as it is.';
revoke all on function rollup.first_value_step(numeric[], numeric, timestamptz) from public;
