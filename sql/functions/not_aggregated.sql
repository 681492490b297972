create or replace function rollup.not_aggregated(p_name text, p_range tstzrange)
returns text language plpgsql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' as $$
declare
  v_config rollup.timeseries_rollup_config;
  v_tier   record;
  v_coarse jsonb;
  v_floor  timestamptz;
  v_need   tstzmultirange;
  v_aside  rollup.set_aside;
begin
  select * into strict v_config from rollup.timeseries_rollup_config where name = p_name;
  select statements into strict v_coarse from rollup.timeseries_tier where rollup = p_name order by ordinal desc limit 1;
  v_floor := v_config.source_floor;
  if v_floor is null then
    execute rollup.statement(v_config.statements, 'sourceFloor') into v_floor using timestamptz '-infinity';
    execute rollup.statement(v_coarse, 'bucketStart') into v_floor using v_floor;
  end if;
  -- All of the coarse buckets that the range touches: they are sealed as a whole, so they must be aggregated as a whole.
  v_need := rollup.widen(v_coarse, tstzmultirange(p_range)) * tstzmultirange(tstzrange(coalesce(v_floor, 'infinity'), null));
  for v_tier in
    select t.suffix, v_need * tstzmultirange(tstzrange(t.retained_from, null)) - t.coverage as missing
      from rollup.timeseries_tier t where t.rollup = p_name order by t.ordinal
  loop
    if not isempty(v_tier.missing) then
      return format('rollup %s has not aggregated %s into its tier %s yet', p_name, v_tier.missing, v_tier.suffix);
    end if;
  end loop;
  select * into v_aside from rollup.set_aside a
   where a.rollup = p_name and a.log_row is not null and a.bucket <@ v_need order by a.id limit 1;
  if found then
    return format('rollup %s cannot aggregate key %s: %s', p_name, v_aside.key, v_aside.reason);
  end if;
  return null;
end $$;
comment on function rollup.not_aggregated(text, tstzrange) is
  'Why the source rows of a range are still needed, as a sentence; null if every tier holds all coarse buckets that the range '
    'touches (from its retained_from on), so that the rows may go.';
revoke all on function rollup.not_aggregated(text, tstzrange) from public;
