create or replace function rollup.uncover(p_name text, p_ranges tstzmultirange)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_tier    record;
  v_range   record;
  v_lost    tstzmultirange;
  v_sealed  tstzmultirange;
  v_removed bigint := 0;
  v_count   bigint;
begin
  select sealed into strict v_sealed from rollup.timeseries_rollup_config where name = p_name;
  for v_tier in select * from rollup.timeseries_tier where rollup = p_name order by ordinal loop
    v_lost := (rollup.widen(v_tier.statements, p_ranges) - v_sealed) * v_tier.coverage;
    for v_range in select * from rollup.ranges(v_lost) loop
      execute rollup.statement(v_tier.statements, 'clear') using v_range.lower_at, v_range.upper_at;
      get diagnostics v_count = row_count;
      v_removed := v_removed + v_count;
    end loop;
    update rollup.timeseries_tier set coverage = coverage - v_lost
     where rollup = p_name and ordinal = v_tier.ordinal and not isempty(v_lost);
  end loop;
  update rollup.timeseries_rollup_config set source_floor = null where name = p_name;
  return v_removed;
end $$;
comment on function rollup.uncover(text, tstzmultirange) is
  'Takes ranges out of the coverage of every tier, sealed ones excepted, and removes their rows: readers go to the source '
    'until backfill returns. Returns the rows removed. The caller holds the rollup''s lock.';
revoke all on function rollup.uncover(text, tstzmultirange) from public;
