create or replace function rollup.retry_delay(p_attempt integer)
returns interval language sql immutable strict parallel safe
return least(interval '5 minutes' * power(2, least(p_attempt, 20) - 1), interval '6 hours');
comment on function rollup.retry_delay(integer) is
  'Wait after the p_attempt-th failure in a row: 5 minutes x 2^(p_attempt - 1), at most 6 hours.';
revoke all on function rollup.retry_delay(integer) from public;
