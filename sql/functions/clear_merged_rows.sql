create or replace function rollup.clear_merged_rows(p_source regclass, p_names text[])
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  v_default regclass := rollup.default_partition(p_source);
  v_before  timestamptz := clock_timestamp() - (rollup.partman_observe(p_source) ->> 'retention')::interval;
  v_control text;
  v_sealed  tstzmultirange;
  v_mark    bigint;
  v_removed bigint;
begin
  select range_intersect_agg(c.sealed) into v_sealed from rollup.timeseries_rollup_config c where c.name = any (p_names);
  if v_default is null or v_before is null or v_sealed is null or isempty(v_sealed) then return 0; end if;
  select p.control into strict v_control from partman.part_config p where p.parent_table = rollup.partman_name(p_source);
  select coalesce(max(id), 0) into v_mark from rollup.sealed_change;
  execute format('delete from only %s where %I < $1 and %I <@ $2', v_default, v_control, v_control) using v_before, v_sealed;
  get diagnostics v_removed = row_count;
  -- The capture trigger took it for a change of data.
  delete from rollup.sealed_change where id > v_mark and rollup = any (p_names) and operation = 'delete';
  return v_removed;
end $$;
comment on function rollup.clear_merged_rows(regclass, text[]) is
  'Removes rows that came late for sealed ranges, lie in the default partition, are merged into the tiers of all these rollups '
    'and are past the retention. Returns how many. The caller holds the rollups'' locks, keeps writers out and has drained the '
    'logs.';
revoke all on function rollup.clear_merged_rows(regclass, text[]) from public;
