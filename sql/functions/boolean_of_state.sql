create or replace function rollup.boolean_of_state(p_state double precision[]) returns boolean
language sql immutable strict parallel safe return (p_state)[2] = 1;
comment on function rollup.boolean_of_state(double precision[]) is 'The value of a state {time, value}.';
