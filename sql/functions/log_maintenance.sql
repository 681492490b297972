create or replace function rollup.log_maintenance(
  p_name text, p_sqlstate text, p_message text, p_detail text, p_hint text, p_context text, p_explanation text)
returns void language sql
set search_path = pg_catalog, pg_temp as $$
  -- Once a day each: maintenance comes back every hour and would say the same. pg_partman writes where an error came from
  -- into its message, for lines and lines.
  insert into rollup.timeseries_error_log (rollup, sqlstate, message, detail, hint, context, attempt, explanation)
  select p_name, p_sqlstate, m.message, nullif(coalesce(nullif(p_detail, ''), m.detail), ''),
    nullif(coalesce(nullif(p_hint, ''), m.hint), ''), nullif(p_context, ''), 0, p_explanation
    from (select split_part(p_message, E'\nCONTEXT: ', 1),
            rtrim(split_part(split_part(p_message, E'\nDETAIL: ', 2), E'\nHINT: ', 1)),
            rtrim(split_part(p_message, E'\nHINT: ', 2))) m(message, detail, hint)
   where not exists (select from rollup.timeseries_error_log l
                      where l.rollup = p_name and l.message = m.message and l.attempt = 0
                        and l.occurred_at > clock_timestamp() - interval '1 day');
$$;
comment on function rollup.log_maintenance(text, text, text, text, text, text, text) is
  'Adds what maintenance could not do to timeseries_error_log, as attempt 0: the rollup''s refreshes neither count it nor '
    'wait. The same message at most once a day.';
revoke all on function rollup.log_maintenance(text, text, text, text, text, text, text) from public;
