create or replace aggregate rollup.first_value(numeric, timestamptz) (
  sfunc = rollup.first_value_step, stype = numeric[], finalfunc = rollup.numeric_of_state);
comment on aggregate rollup.first_value(numeric, timestamptz) is 'The value at the earliest time; of equals the smallest.';
-- For everybody who may use the schema; the steps are called with the rights of the aggregate's owner.
grant execute on function rollup.first_value(numeric, timestamptz) to public;
