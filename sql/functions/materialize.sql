create or replace function rollup.materialize(
  p_name text, p_ordinal smallint, p_range tstzrange, p_from_source boolean)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_tier    rollup.timeseries_tier;
  v_below   tstzmultirange := '{}';
  v_keys    text[];
  v_written bigint;
begin
  select * into strict v_tier from rollup.timeseries_tier where rollup = p_name and ordinal = p_ordinal;
  -- Rows outside coverage are leftovers (a retired rollup that came back): never added to.
  execute rollup.statement(v_tier.statements, 'clear') using lower(p_range), upper(p_range);
  begin
    execute rollup.statement(v_tier.statements, case when p_from_source then 'materializeFromSource' else 'materialize' end)
      using lower(p_range), upper(p_range);
    get diagnostics v_written = row_count;
  exception when data_exception or program_limit_exceeded then
    -- Key by key, so that those whose values fail are set aside. A rollup that was deployed before that has no such statement.
    if v_tier.statements ->> 'keys' is null then raise; end if;
    v_written := null;
  end;
  if v_written is null then
    execute rollup.statement(v_tier.statements, case when p_from_source then 'keysFromSource' else 'keys' end) into v_keys
      using lower(p_range), upper(p_range);
    if not p_from_source then
      select coverage into v_below from rollup.timeseries_tier where rollup = p_name and ordinal = p_ordinal - 1;
    end if;
    select r.written into v_written from rollup.recompute_keys(
      p_name, v_tier, v_keys, tstzmultirange(p_range), coalesce(v_below, '{}'), lower(p_range), upper(p_range)) r;
  end if;
  update rollup.timeseries_tier set coverage = coverage + tstzmultirange(p_range)
   where rollup = p_name and ordinal = p_ordinal;
  return v_written;
end $$;
comment on function rollup.materialize(text, smallint, tstzrange, boolean) is
  'Aggregates a half-open range, whose bounds are bucket boundaries, into a tier that does not cover it, from the tier below '
    'or from the source; adds it to coverage. Keys whose values make that fail are set aside. Returns the rows written. The '
    'caller holds the rollup''s lock.';
revoke all on function rollup.materialize(text, smallint, tstzrange, boolean) from public;
