create or replace function rollup.advance_retention(p_name text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  v_tier record;
  v_from timestamptz;
begin
  for v_tier in
    select t.ordinal, t.retention, t.retained_from, coalesce(above.statements, t.statements) as statements
      from rollup.timeseries_tier t
      left join rollup.timeseries_tier above on above.rollup = t.rollup and above.ordinal = t.ordinal + 1
     where t.rollup = p_name
  loop
    v_from := '-infinity';
    if v_tier.retention is not null then
      execute rollup.statement(v_tier.statements, 'bucketStart') into v_from using clock_timestamp() - v_tier.retention;
    end if;
    if v_from <> v_tier.retained_from then
      update rollup.timeseries_tier
         set retained_from = v_from, coverage = coverage * tstzmultirange(tstzrange(v_from, null))
       where rollup = p_name and ordinal = v_tier.ordinal;
    end if;
  end loop;
end $$;
comment on function rollup.advance_retention(text) is
  'Moves each tier''s retained_from to now less its retention, rounded down to a bucket of the tier above, so that a coarser '
    'bucket never finds half of its parts gone. Readers stop seeing older buckets at once; pg_partman drops their partitions '
    'later.';
revoke all on function rollup.advance_retention(text) from public;
