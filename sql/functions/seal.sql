create or replace function rollup.seal(p_name text, p_ranges tstzmultirange)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_tier   record;
  v_sealed tstzmultirange;
begin
  select sealed into strict v_sealed from rollup.timeseries_rollup_config where name = p_name;
  -- Whole buckets of each tier, as far as it has aggregated them: a bucket that has lost some of its rows cannot be computed
  -- again. One that is still open stays so: it takes what is sealed from the tier below, and the rest as it comes.
  for v_tier in select statements, coverage from rollup.timeseries_tier where rollup = p_name order by ordinal loop
    v_sealed := v_sealed + rollup.widen(v_tier.statements, v_sealed + p_ranges) * v_tier.coverage;
  end loop;
  update rollup.timeseries_rollup_config set sealed = sealed + v_sealed
   where name = p_name and not sealed @> v_sealed;
end $$;
comment on function rollup.seal(text, tstzmultirange) is
  'Seals ranges whose source rows are gone: what any tier holds of them is kept, and never computed again. The caller holds '
    'the rollup''s lock.';
revoke all on function rollup.seal(text, tstzmultirange) from public;
