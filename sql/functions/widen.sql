create or replace function rollup.widen(p_statements jsonb, p_ranges tstzmultirange)
returns tstzmultirange language plpgsql stable
set search_path = pg_catalog, pg_temp as $$
declare
  v_range  record;
  v_lower  timestamptz;
  v_upper  timestamptz;
  v_result tstzmultirange := '{}';
begin
  for v_range in select * from rollup.ranges(p_ranges) loop
    execute rollup.statement(p_statements, 'bucketStart') into v_lower using v_range.lower_at;
    execute rollup.statement(p_statements, 'bucketCeiling') into v_upper using v_range.upper_at;
    v_result := v_result + tstzmultirange(tstzrange(v_lower, v_upper));
  end loop;
  return v_result;
end $$;
comment on function rollup.widen(jsonb, tstzmultirange) is
  'The smallest ranges that hold p_ranges and begin and end on bucket boundaries of the tier with these statements.';
revoke all on function rollup.widen(jsonb, tstzmultirange) from public;
