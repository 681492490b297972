create or replace function rollup.materialize(
  p_name text, p_ordinal smallint, p_range tstzrange, p_from_source boolean)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_statements jsonb;
  v_written    bigint;
begin
  select statements into strict v_statements from rollup.timeseries_tier where rollup = p_name and ordinal = p_ordinal;
  -- Rows outside coverage are leftovers (a retired rollup that came back): never added to.
  execute rollup.statement(v_statements, 'clear') using lower(p_range), upper(p_range);
  execute rollup.statement(v_statements, case when p_from_source then 'materializeFromSource' else 'materialize' end)
    using lower(p_range), upper(p_range);
  get diagnostics v_written = row_count;
  update rollup.timeseries_tier set coverage = coverage + tstzmultirange(p_range)
   where rollup = p_name and ordinal = p_ordinal;
  return v_written;
end $$;
comment on function rollup.materialize(text, smallint, tstzrange, boolean) is
  'Aggregates a half-open range, whose bounds are bucket boundaries, into a tier that does not cover it, from the tier below '
    'or from the source; adds it to coverage. Returns the rows written. The caller holds the rollup''s lock.';
revoke all on function rollup.materialize(text, smallint, tstzrange, boolean) from public;
