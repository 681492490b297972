create or replace function rollup.log_rollup_error(
  p_name text, p_sqlstate text, p_message text, p_detail text, p_hint text, p_context text)
returns timestamptz language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' as $$
declare
  v_attempt integer;
  v_next    timestamptz;
begin
  update rollup.timeseries_rollup_config c
     set attempt = c.attempt + 1, batch_span = greatest(c.batch_span / 2, interval '1 second'),
       next_attempt_at = clock_timestamp() + rollup.retry_delay(c.attempt + 1)
   where c.name = p_name returning c.attempt, c.next_attempt_at into v_attempt, v_next;
  insert into rollup.timeseries_error_log
    (rollup, sqlstate, message, detail, hint, context, attempt, next_attempt_at, explanation)
  values (p_name, p_sqlstate, p_message, nullif(p_detail, ''), nullif(p_hint, ''), p_context, coalesce(v_attempt, 0), v_next,
    case when v_attempt is null then format('rollup %s is not configured', p_name)
    else format('attempt %s failed; the next one is due at %s UTC, %s later (5 minutes x 2^%s, at most 6 hours). Nothing is '
      'lost: the batch was rolled back and readers go on getting exact answers.',
      v_attempt, to_char(v_next, 'YYYY-MM-DD HH24:MI:SS'), rollup.retry_delay(v_attempt), v_attempt - 1) end);
  return v_next;
end $$;
comment on function rollup.log_rollup_error(text, text, text, text, text, text) is
  'Adds a failed attempt to timeseries_error_log and sets when the next one is due; returns that time.';
revoke all on function rollup.log_rollup_error(text, text, text, text, text, text) from public;
