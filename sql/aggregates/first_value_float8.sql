create or replace aggregate rollup.first_value(double precision, timestamptz) (
  sfunc = rollup.first_value_step, stype = double precision[], finalfunc = rollup.double_of_state);
comment on aggregate rollup.first_value(double precision, timestamptz) is 'The value at the earliest time; of equals the '
  'smallest.';
-- For everybody who may use the schema; the steps are called with the rights of the aggregate's owner.
grant execute on function rollup.first_value(double precision, timestamptz) to public;
