create or replace function rollup.merge_late(p_name text, p_tier rollup.timeseries_tier, p_rows text[])
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_half    integer := cardinality(p_rows) / 2;
  v_written bigint;
  v_bucket  timestamptz;
  v_count   bigint;
  v_state   text;
  v_reason  text;
begin
  begin
    execute rollup.statement(p_tier.statements, 'mergeLate') using p_rows, p_tier.retained_from;
    get diagnostics v_written = row_count;
    return v_written;
  exception when data_exception or program_limit_exceeded then  -- as rollup.recompute_keys does
    get stacked diagnostics v_state = returned_sqlstate, v_reason = message_text;
  end;
  if v_half = 0 then
    execute format('select r.bucket, r.row_count from unnest($1::%s[]) r', rollup.object_name(p_name, 'late'))
      into v_bucket, v_count using p_rows;
    perform rollup.set_late_aside(p_name, p_tier.ordinal, v_bucket, p_rows[1], v_count, v_state, v_reason);
    return 0;
  end if;
  return rollup.merge_late(p_name, p_tier, p_rows[:v_half]) + rollup.merge_late(p_name, p_tier, p_rows[v_half + 1:]);
end $$;
comment on function rollup.merge_late(text, rollup.timeseries_tier, text[]) is
  'Adds late rows (text of rows of the late log) to the sealed buckets of a tier; those whose sum the tier cannot hold are set '
    'aside. Returns the rows written. The caller holds the rollup''s lock.';
revoke all on function rollup.merge_late(text, rollup.timeseries_tier, text[]) from public;
