create or replace function rollup.refresh_dirty(
  p_name text, p_limit integer, out total bigint, out keys bigint, out written bigint, out removed bigint, out late bigint)
language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_config rollup.timeseries_rollup_config;
  v_tier   rollup.timeseries_tier;
  v_keys   text[];
  v_first  timestamptz;
  v_last   timestamptz;
  v_from   timestamptz;
  v_to     timestamptz;
  v_below  tstzmultirange := '{}';
  v_count  record;
  v_lost   bigint;
  v_any    boolean;
  v_dirty  text;
  v_late   text;
  v_rows   tid[];
  v_again  text[];
begin
  select * into strict v_config from rollup.timeseries_rollup_config where name = p_name;
  total := 0; keys := 0; written := 0; removed := 0; late := 0;

  -- Most minutes have no late change at all: one cheap look instead of two deletes. What commits after it stays in the log.
  select max(o.name) filter (where o.kind = 'dirty'), max(o.name) filter (where o.kind = 'late') into v_dirty, v_late
    from rollup.generation g join rollup.generation_object o using (rollup, generation)
   where g.rollup = p_name and g.live and o.kind in ('dirty', 'late');
  if v_dirty is null or v_late is null then
    -- Never taken for an empty log: maintenance would then drop rows whose changes are not aggregated.
    raise exception 'the catalogue does not name both logs of rollup %', p_name
      using errcode = 'object_not_in_prerequisite_state', hint = 'Deploy the definition again: `pulumi up` writes the rows.';
  end if;
  execute format('select exists (select from %s) or exists (select from %s)', v_dirty, v_late) into v_any;
  if not v_any then return; end if;

  execute rollup.statement(v_config.statements, 'consumeDirty') into total, v_keys, v_first, v_last, v_lost
    using p_limit, v_config.sealed;
  if total > 0 then
    if v_first < v_config.source_floor then
      update rollup.timeseries_rollup_config set source_floor = null where name = p_name;
    end if;
    -- What was set aside of these keys is tried again with them.
    with again as (delete from rollup.set_aside where rollup = p_name and log_row is not null and key = any (v_keys)
      returning log_row, key)
    select array_agg(log_row), array_agg(key) into v_rows, v_again from again;
    if v_rows is not null then
      execute format('delete from %s d where d.ctid = any ($1) and (d.*)::text = any ($2)', v_dirty) using v_rows, v_again;
    end if;
    for v_tier in select * from rollup.timeseries_tier where rollup = p_name order by ordinal loop
      execute rollup.statement(v_tier.statements, 'bucketStart') into v_from using v_first;
      execute rollup.statement(v_tier.statements, 'bucketCeiling') into v_to using v_last + interval '1 microsecond';
      select * into v_count
        from rollup.recompute_keys(p_name, v_tier, v_keys, v_tier.coverage - v_config.sealed, v_below, v_from, v_to);
      if v_tier.ordinal = 0 then keys := v_count.keys; end if;
      written := written + v_count.written;
      removed := removed + v_count.removed;
      if v_count.failed <> '{}' then
        v_keys := array(select k from unnest(v_keys) k except select k from unnest(v_count.failed) k);
      end if;
      v_below := v_tier.coverage;
    end loop;
    if v_lost > 0 then
      -- Only a snapshot older than the sealing can log such a key; its rows can no longer be told from merged ones.
      insert into rollup.sealed_change (rollup, operation, row_count, range)
      values (p_name, 'insert', v_lost, tstzrange(v_first, v_last, '[]'));
    end if;
  end if;

  execute rollup.statement(v_config.statements, 'consumeLate') into v_keys, late using p_limit;
  if late > 0 then
    for v_tier in select * from rollup.timeseries_tier where rollup = p_name order by ordinal loop
      written := written + rollup.merge_late(p_name, v_tier, v_keys);
    end loop;
  end if;
end $$;
comment on function rollup.refresh_dirty(text, integer) is
  'Takes up to p_limit entries out of the log of dirty keys and recomputes those keys in every tier, finest first; merges late '
    'rows of sealed buckets; sets aside what fails because of its values. Returns the log entries taken, keys recomputed, '
    'silver rows written and removed, late rows merged. The caller holds the rollup''s lock.';
revoke all on function rollup.refresh_dirty(text, integer) from public;
