create or replace function rollup.partman_drop_before(p_parent regclass, p_before timestamptz)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' set intervalstyle = 'postgres' as $$
declare
  v_expected integer;
  v_dropped  integer;
begin
  select count(*) into v_expected
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
   cross join lateral rollup.partition_range(pg_get_expr(c.relpartbound, c.oid)) as r(range)
   where i.inhparent = p_parent and isfinite(lower(r.range)) and upper(r.range) <= p_before;
  if v_expected = 0 then return 0; end if;
  execute format('lock table %s in access exclusive mode', p_parent);
  -- It drops what ends before the reference time less the retention, both of which are given here.
  v_dropped := partman.drop_partition_time(p_parent_table := rollup.partman_name(p_parent), p_retention := interval '0',
    p_keep_table := false, p_reference_timestamp := p_before + interval '1 microsecond');
  if v_dropped <> v_expected then
    raise exception 'pg_partman dropped % partitions of % instead of the % that end by %', v_dropped, p_parent, v_expected,
      p_before
      using errcode = 'object_not_in_prerequisite_state',
        hint = 'Another session may be dropping partitions just now. Nothing was dropped; the next maintenance tries again.';
  end if;
  return v_dropped;
end $$;
comment on function rollup.partman_drop_before(regclass, timestamptz) is
  'Drops, through pg_partman, exactly the partitions that end at or before p_before; returns how many. The caller knows that '
    'none of their rows is needed any more. Leaves the session''s search_path changed.';
revoke all on function rollup.partman_drop_before(regclass, timestamptz) from public;
