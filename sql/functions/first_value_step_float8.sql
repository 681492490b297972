-- first and last for ad hoc queries, with the tie-break of the views: of several values at the same time the smallest is
-- first and the greatest is last; null values are ignored. The state is an array {time, value}, compared as a whole.

create or replace function rollup.first_value_step(p_state double precision[], p_value double precision, p_time timestamptz)
returns double precision[] language sql immutable parallel safe
return case when p_value is null or p_time is null then p_state
  else least(p_state, array[extract(epoch from p_time)::double precision, p_value]) end;
comment on function rollup.first_value_step(double precision[], double precision, timestamptz) is
  'State of rollup.first_value after one more row: {time, value} of the '
  'earlier (of equal times the smaller value); nulls leave it as it is.';
revoke all on function rollup.first_value_step(double precision[], double precision, timestamptz) from public;
