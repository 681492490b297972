create or replace function rollup.has_expired(p_source regclass)
returns boolean language plpgsql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  v_default regclass := rollup.default_partition(p_source);
  v_before  timestamptz := clock_timestamp() - (rollup.partman_observe(p_source) ->> 'retention')::interval;
  v_control text;
  v_found   boolean;
begin
  if exists (select from rollup.expired_partitions(p_source)) then return true; end if;
  if v_default is null or v_before is null then return false; end if;
  select p.control into strict v_control from partman.part_config p where p.parent_table = rollup.partman_name(p_source);
  execute format('select exists (select from only %s where %I < $1 and %I > ''-infinity'' and %I <@ all
      (select c.sealed from rollup.timeseries_rollup_config c
        where c.name in (select rollup.rollups_on($2))))', v_default, v_control, v_control, v_control)
    into v_found using v_before, p_source;
  return v_found;
end $$;
comment on function rollup.has_expired(regclass) is
  'Whether a source has partitions past its retention, or such rows in its default partition that came late for sealed ranges '
    'and can go.';
revoke all on function rollup.has_expired(regclass) from public;
