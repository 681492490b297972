create or replace function rollup.retire(p_name text, p_enabled boolean default false)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  -- Without capture nothing is known of what was materialized, except where the source is gone: there silver is all there is.
  update rollup.timeseries_tier t
     set coverage = t.coverage * c.sealed
    from rollup.timeseries_rollup_config c where c.name = p_name and t.rollup = p_name;
  delete from rollup.dirty_range where rollup = p_name;
  -- Partitions stay known: rows of one that seems new are taken for history that came back.
  delete from rollup.set_aside where rollup = p_name and log_row is not null;
  if to_regclass(rollup.object_name(p_name, 'dirty')) is not null then
    execute format('delete from %s', rollup.object_name(p_name, 'dirty'));
  end if;
  update rollup.timeseries_rollup_config
     set enabled = p_enabled, source_floor = null, horizon = null, attempt = 0, next_attempt_at = null,
       updated_at = clock_timestamp()
   where name = p_name;
end $$;
comment on function rollup.retire(text, boolean) is
  'Forgets what is materialized, sealed ranges excepted, so that gold reads the source: for a rollup that is taken out of '
    'service (or, with p_enabled, comes back). The caller holds the rollup''s lock.';
revoke all on function rollup.retire(text, boolean) from public;
