-- first and last for ad hoc queries, with the tie-break of the views: of several values at the same time the smallest is
-- first and the greatest is last; null values are ignored. The state is an array {time, value}, compared as a whole.

create or replace function rollup.first_value_step(p_state double precision[], p_value double precision, p_time timestamptz)
returns double precision[] language sql immutable parallel safe
return case when p_value is null or p_time is null then p_state
  else least(p_state, array[extract(epoch from p_time)::double precision, p_value]) end;
revoke all on function rollup.first_value_step(double precision[], double precision, timestamptz) from public;
create or replace function rollup.last_value_step(p_state double precision[], p_value double precision, p_time timestamptz)
returns double precision[] language sql immutable parallel safe
return case when p_value is null or p_time is null then p_state
  else greatest(p_state, array[extract(epoch from p_time)::double precision, p_value]) end;
revoke all on function rollup.last_value_step(double precision[], double precision, timestamptz) from public;
create or replace function rollup.double_of_state(p_state double precision[]) returns double precision
language sql immutable strict parallel safe return (p_state)[2];
create or replace aggregate rollup.first_value(double precision, timestamptz) (
  sfunc = rollup.first_value_step, stype = double precision[], finalfunc = rollup.double_of_state);
create or replace aggregate rollup.last_value(double precision, timestamptz) (
  sfunc = rollup.last_value_step, stype = double precision[], finalfunc = rollup.double_of_state);
comment on aggregate rollup.first_value(double precision, timestamptz) is 'The value at the earliest time; of equals the smallest.';
comment on aggregate rollup.last_value(double precision, timestamptz) is 'The value at the latest time; of equals the greatest.';

create or replace function rollup.first_value_step(p_state numeric[], p_value numeric, p_time timestamptz)
returns numeric[] language sql immutable parallel safe
return case when p_value is null or p_time is null then p_state
  else least(p_state, array[extract(epoch from p_time), p_value]) end;
revoke all on function rollup.first_value_step(numeric[], numeric, timestamptz) from public;
create or replace function rollup.last_value_step(p_state numeric[], p_value numeric, p_time timestamptz)
returns numeric[] language sql immutable parallel safe
return case when p_value is null or p_time is null then p_state
  else greatest(p_state, array[extract(epoch from p_time), p_value]) end;
revoke all on function rollup.last_value_step(numeric[], numeric, timestamptz) from public;
create or replace function rollup.numeric_of_state(p_state numeric[]) returns numeric
language sql immutable strict parallel safe return (p_state)[2];
create or replace aggregate rollup.first_value(numeric, timestamptz) (
  sfunc = rollup.first_value_step, stype = numeric[], finalfunc = rollup.numeric_of_state);
create or replace aggregate rollup.last_value(numeric, timestamptz) (
  sfunc = rollup.last_value_step, stype = numeric[], finalfunc = rollup.numeric_of_state);
comment on aggregate rollup.first_value(numeric, timestamptz) is 'The value at the earliest time; of equals the smallest.';
comment on aggregate rollup.last_value(numeric, timestamptz) is 'The value at the latest time; of equals the greatest.';

create or replace function rollup.first_value_step(p_state double precision[], p_value boolean, p_time timestamptz)
returns double precision[] language sql immutable parallel safe
return case when p_value is null or p_time is null then p_state
  else least(p_state, array[extract(epoch from p_time)::double precision, p_value::integer::double precision]) end;
revoke all on function rollup.first_value_step(double precision[], boolean, timestamptz) from public;
create or replace function rollup.last_value_step(p_state double precision[], p_value boolean, p_time timestamptz)
returns double precision[] language sql immutable parallel safe
return case when p_value is null or p_time is null then p_state
  else greatest(p_state, array[extract(epoch from p_time)::double precision, p_value::integer::double precision]) end;
revoke all on function rollup.last_value_step(double precision[], boolean, timestamptz) from public;
create or replace function rollup.boolean_of_state(p_state double precision[]) returns boolean
language sql immutable strict parallel safe return (p_state)[2] = 1;
create or replace aggregate rollup.first_value(boolean, timestamptz) (
  sfunc = rollup.first_value_step, stype = double precision[], finalfunc = rollup.boolean_of_state);
create or replace aggregate rollup.last_value(boolean, timestamptz) (
  sfunc = rollup.last_value_step, stype = double precision[], finalfunc = rollup.boolean_of_state);
comment on aggregate rollup.first_value(boolean, timestamptz) is 'The value at the earliest time; of equals the smallest.';
comment on aggregate rollup.last_value(boolean, timestamptz) is 'The value at the latest time; of equals the greatest.';

create or replace function rollup.first_value_step(p_state text[], p_value text, p_time timestamptz)
returns text[] language sql immutable parallel safe
return case when p_value is null or p_time is null then p_state
  else least(p_state collate "C", array[rollup.sortable_time(p_time), p_value] collate "C") end;
revoke all on function rollup.first_value_step(text[], text, timestamptz) from public;
create or replace function rollup.last_value_step(p_state text[], p_value text, p_time timestamptz)
returns text[] language sql immutable parallel safe
return case when p_value is null or p_time is null then p_state
  else greatest(p_state collate "C", array[rollup.sortable_time(p_time), p_value] collate "C") end;
revoke all on function rollup.last_value_step(text[], text, timestamptz) from public;
create or replace function rollup.text_of_state(p_state text[]) returns text
language sql immutable strict parallel safe return (p_state)[2];
create or replace aggregate rollup.first_value(text, timestamptz) (
  sfunc = rollup.first_value_step, stype = text[], finalfunc = rollup.text_of_state);
create or replace aggregate rollup.last_value(text, timestamptz) (
  sfunc = rollup.last_value_step, stype = text[], finalfunc = rollup.text_of_state);
comment on aggregate rollup.first_value(text, timestamptz) is 'The value at the earliest time; of equals the smallest.';
comment on aggregate rollup.last_value(text, timestamptz) is 'The value at the latest time; of equals the greatest.';

-- For everybody who may use the schema; the steps are called with the rights of the aggregates' owner.
grant execute on function rollup.first_value(double precision, timestamptz), rollup.last_value(double precision, timestamptz),
  rollup.first_value(numeric, timestamptz), rollup.last_value(numeric, timestamptz),
  rollup.first_value(boolean, timestamptz), rollup.last_value(boolean, timestamptz),
  rollup.first_value(text, timestamptz), rollup.last_value(text, timestamptz) to public;
