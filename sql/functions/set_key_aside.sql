create or replace function rollup.set_key_aside(
  p_name text, p_tier smallint, p_key text, p_sqlstate text, p_reason text, p_most integer default 1000)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_dirty  text := rollup.object_name(p_name, 'dirty');
  v_row    tid;
  v_bucket timestamptz;
begin
  if (select count(*) from rollup.set_aside where rollup = p_name and log_row is not null) >= p_most then
    -- Then it is not the values.
    raise exception 'more than % keys of rollup % cannot be aggregated, the last because of: %', p_most, p_name, p_reason
      using errcode = 'object_not_in_prerequisite_state', detail = format('Key %s, SQLSTATE %s.', p_key, p_sqlstate);
  end if;
  execute format('insert into %1$s as d select ($1::%1$s).* returning d.ctid, d.bucket', v_dirty)
    into v_row, v_bucket using p_key;
  insert into rollup.set_aside (rollup, tier, bucket, key, log_row, sqlstate, reason, retry_at)
  values (p_name, p_tier, v_bucket, p_key, v_row, p_sqlstate, p_reason, clock_timestamp() + interval '1 hour');
end $$;
comment on function rollup.set_key_aside(text, smallint, text, text, text, integer) is
  'Leaves a key that a tier cannot hold in the log of dirty keys, so that readers take it from the source, and has refreshes '
    'pass it by for an hour. Raises where that would be more than p_most keys. The caller holds the rollup''s lock.';
revoke all on function rollup.set_key_aside(text, smallint, text, text, text, integer) from public;
