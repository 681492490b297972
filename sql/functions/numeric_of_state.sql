create or replace function rollup.numeric_of_state(p_state numeric[]) returns numeric
language sql immutable strict parallel safe return (p_state)[2];
comment on function rollup.numeric_of_state(numeric[]) is 'The value of a state {time, value}.';
