create or replace function rollup.set_late_aside(
  p_name text, p_tier smallint, p_bucket timestamptz, p_key text, p_rows bigint, p_sqlstate text, p_reason text)
returns void language sql
set search_path = pg_catalog, pg_temp as $$
  insert into rollup.set_aside (rollup, tier, bucket, key, row_count, sqlstate, reason)
  values (p_name, p_tier, p_bucket, p_key, p_rows, p_sqlstate, p_reason);
$$;
comment on function rollup.set_late_aside(text, smallint, timestamptz, text, bigint, text, text) is
  'Notes that rows which came late for a sealed bucket are not in its aggregate, and why: they cannot be computed again, and '
    'neither the writer nor the other rows must fail because of them.';
revoke all on function rollup.set_late_aside(text, smallint, timestamptz, text, bigint, text, text) from public;
