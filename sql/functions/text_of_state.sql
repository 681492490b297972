create or replace function rollup.text_of_state(p_state text[]) returns text
language sql immutable strict parallel safe return (p_state)[2];
comment on function rollup.text_of_state(text[]) is 'The value of a state {time, value}.';
