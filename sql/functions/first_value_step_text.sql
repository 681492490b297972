create or replace function rollup.first_value_step(p_state text[], p_value text, p_time timestamptz)
returns text[] language sql immutable parallel safe
return case when p_value is null or p_time is null then p_state
  else least(p_state collate "C", array[rollup.sortable_time(p_time), p_value] collate "C") end;
comment on function rollup.first_value_step(text[], text, timestamptz) is
  'State of rollup.first_value after one more row: {time, value} of the '
  'earlier (of equal times the smaller value); nulls leave it as it is.';
revoke all on function rollup.first_value_step(text[], text, timestamptz) from public;
