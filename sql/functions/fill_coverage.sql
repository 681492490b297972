create or replace function rollup.fill_coverage(
  p_name text, p_until timestamptz, out range tstzrange, out written bigint, out backfill boolean, out more boolean)
language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_config  rollup.timeseries_rollup_config;
  v_tier    rollup.timeseries_tier;
  v_below   rollup.timeseries_tier;
  v_coarse  jsonb;
  v_floor   timestamptz;
  v_end     timestamptz;
  v_holes   tstzmultirange;
  v_hole    tstzrange;
  v_part    tstzrange;
  v_batches integer := 0;
  v_started timestamptz;
begin
  written := 0; backfill := false; more := false;
  select * into strict v_config from rollup.timeseries_rollup_config where name = p_name;
  if p_until is null then return; end if;  -- no tick may serve yet: some writer is older than all of them
  v_floor := v_config.source_floor;
  if v_floor is null then
    execute rollup.statement(v_config.statements, 'sourceFloor') into v_floor using timestamptz '-infinity';
    if v_floor is null then return; end if;
    select statements into strict v_coarse from rollup.timeseries_tier where rollup = p_name order by ordinal desc limit 1;
    execute rollup.statement(v_coarse, 'bucketStart') into v_floor using v_floor;
    -- Remembered only if it lies in the past: then an earlier row must come late, so it is logged, and the log resets this.
    update rollup.timeseries_rollup_config set source_floor = v_floor where name = p_name and v_floor < p_until;
  end if;

  for v_tier in select * from rollup.timeseries_tier where rollup = p_name order by ordinal loop
    execute rollup.statement(v_tier.statements, 'bucketStart') into v_end using p_until;
    v_holes := tstzmultirange(tstzrange(greatest(v_floor, v_tier.retained_from), greatest(v_end, v_floor, v_tier.retained_from)))
      - v_tier.coverage;
    if v_tier.ordinal > 0 then
      -- Whole buckets that the tier below has: reduced already, so in one step.
      for v_part in select r.range from rollup.ranges(
          rollup.narrow(v_tier.statements, v_below.coverage) * v_holes) r loop
        written := written + rollup.materialize(p_name, v_tier.ordinal, v_part, false);
      end loop;
      -- What the tier below has dropped, or never had, comes from the source.
      v_holes := v_holes * tstzmultirange(tstzrange(null, v_below.retained_from));
    end if;
    -- Newest first; besides the newest hole, which a busy source opens again and again, one batch of an older one.
    for v_hole in select r.range from rollup.ranges(v_holes) r order by r.lower_at desc loop
      v_started := clock_timestamp();
      if v_batches >= 2 then more := true; exit; end if;
      v_part := rollup.next_batch(p_name, v_tier.ordinal, v_hole);
      written := written + rollup.materialize(p_name, v_tier.ordinal, v_part, v_tier.ordinal > 0);
      range := case when range is null then v_part else range_merge(range, v_part) end;
      backfill := backfill or upper(v_part) < v_end or v_part <> v_hole;
      v_batches := v_batches + 1;
      if v_part <> v_hole then
        more := true;
        perform rollup.adapt_batch_span(p_name, clock_timestamp() - v_started);
        exit;
      end if;
    end loop;
    select * into strict v_below from rollup.timeseries_tier where rollup = p_name and ordinal = v_tier.ordinal;
  end loop;
end $$;
comment on function rollup.fill_coverage(text, timestamptz) is
  'Materializes what ended before p_until and is not covered, newest first, at most two batches from the source; coarser tiers '
    'follow as their buckets become whole. Returns the source range filled, rows written, whether older data was filled, and '
    'whether holes are left. The caller holds the rollup''s lock.';
revoke all on function rollup.fill_coverage(text, timestamptz) from public;
