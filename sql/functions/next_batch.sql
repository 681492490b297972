create or replace function rollup.next_batch(p_name text, p_ordinal smallint, p_hole tstzrange)
returns tstzrange language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_config rollup.timeseries_rollup_config;
  v_tier   rollup.timeseries_tier;
  v_last   timestamptz;
  v_start  timestamptz;
begin
  select * into strict v_config from rollup.timeseries_rollup_config where name = p_name;
  select * into strict v_tier from rollup.timeseries_tier where rollup = p_name and ordinal = p_ordinal;
  if upper(p_hole) - lower(p_hole) <= v_config.batch_span then
    return p_hole;
  end if;
  -- The newest row of the hole, not the hole's end, is where the batch counts from: a gap in the data, however long, is
  -- covered in one step and never stops the backfill.
  execute rollup.statement(v_config.statements, 'sourceBefore') into v_last using upper(p_hole), lower(p_hole);
  if v_last is null then
    return p_hole;
  end if;
  execute rollup.statement(v_tier.statements, 'bucketStart') into v_start
    using greatest(lower(p_hole), v_last - v_config.batch_span);
  return tstzrange(greatest(v_start, lower(p_hole)), upper(p_hole));
end $$;
comment on function rollup.next_batch(text, smallint, tstzrange) is
  'The newest part of a hole in coverage to fill in one transaction: batch_span of data, or the whole hole if it is shorter or '
    'holds no rows.';
revoke all on function rollup.next_batch(text, smallint, tstzrange) from public;
