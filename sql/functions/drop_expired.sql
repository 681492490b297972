create or replace function rollup.drop_expired(p_source regclass, p_most integer default 100)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' as $$
declare
  v_names     text[] := array(select rollup.rollups_on(p_source));
  v_name      text;
  v_partition record;
  v_before    timestamptz;
  v_kept      text;
  v_referred  jsonb;
  v_dropped   integer := 0;
begin
  -- The rollups first, then the table, as a refresh does; a refresh may hold its lock for the seconds of a batch.
  perform set_config('lock_timeout', '60s', true);
  foreach v_name in array v_names loop
    perform pg_advisory_xact_lock(rollup.lock_class(), hashtext(v_name));
  end loop;
  perform set_config('lock_timeout', '3s', true);
  -- No writer is left, prepared transactions included, and none can come.
  execute format('lock table %s in access exclusive mode', p_source);
  if v_names <> array(select rollup.rollups_on(p_source)) then
    raise exception 'the rollups of % changed during this maintenance', p_source
      using errcode = 'lock_not_available', hint = 'The next maintenance repeats it.';
  end if;
  foreach v_name in array v_names loop
    if not rollup.drain(v_name) then
      v_kept := format('the log of rollup %s holds more changes than can be aggregated while writers wait', v_name);
    end if;
  end loop;

  -- Oldest first and without a gap, up to the first partition whose rows are still needed.
  for v_partition in select * from rollup.expired_partitions(p_source) limit p_most loop
    foreach v_name in array v_names loop
      v_kept := coalesce(v_kept, rollup.not_aggregated(v_name, v_partition.range));
    end loop;
    if v_kept is not null then
      foreach v_name in array v_names loop
        perform rollup.log_maintenance(v_name, '55000', format('partition %s is past its retention and kept', v_partition.relid),
          v_kept,
          'See backfill and dirty_keys in rollup.timeseries_operations_monitor.', null,
          'Its rows are dropped by the first maintenance that finds them aggregated in every tier. Nothing is lost.');
      end loop;
      exit;
    end if;
    v_before := upper(v_partition.range);
  end loop;
  if v_before is not null and exists (select from pg_constraint where confrelid = p_source and contype = 'f') then
    select d.dropped, d.kept into v_dropped, v_referred from rollup.drop_referenced(p_source, v_before) d;
    foreach v_name in array case when v_referred is null then '{}' else v_names end loop
      perform rollup.log_maintenance(v_name, '23503', v_referred ->> 'message', v_referred ->> 'detail', v_referred ->> 'hint',
        null, 'The first maintenance that finds no such row drops the partition. Its rows are aggregated. Nothing is lost.');
    end loop;
  elsif v_before is not null then
    v_dropped := rollup.partman_drop_before(p_source, v_before);
  end if;
  foreach v_name in array v_names loop
    perform rollup.sync_leaves(v_name);  -- seals what was dropped
  end loop;
  if v_kept is null then
    perform rollup.clear_merged_rows(p_source, v_names);
  end if;
  return v_dropped;
end $$;
comment on function rollup.drop_expired(regclass, integer) is
  'Drops partitions of a source that are past its retention, at most p_most, and seals their ranges in the same transaction, '
    'with writers locked out and all changes aggregated first. A partition whose rows some tier still needs, or a foreign '
    'key references, is kept, with a line in timeseries_error_log. Returns how many were dropped.';
revoke all on function rollup.drop_expired(regclass, integer) from public;
