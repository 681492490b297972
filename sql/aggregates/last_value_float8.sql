create or replace aggregate rollup.last_value(double precision, timestamptz) (
  sfunc = rollup.last_value_step, stype = double precision[], finalfunc = rollup.double_of_state);
comment on aggregate rollup.last_value(double precision, timestamptz) is 'The value at the latest time; of equals the greatest.';
-- For everybody who may use the schema; the steps are called with the rights of the aggregate's owner.
grant execute on function rollup.last_value(double precision, timestamptz) to public;
