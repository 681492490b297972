create or replace function rollup.double_of_state(p_state double precision[]) returns double precision
language sql immutable strict parallel safe return (p_state)[2];
comment on function rollup.double_of_state(double precision[]) is 'The value of a state {time, value}.';
