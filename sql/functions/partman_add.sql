create or replace function rollup.partman_add(p_parent regclass, p_start timestamptz)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' set intervalstyle = 'postgres' as $$
declare
  v_name    text := rollup.partman_name(p_parent);
  v_default regclass := rollup.default_partition(p_parent);
  v_end     timestamptz;
  v_control text;
  v_columns text;
  v_added   regclass;
  v_moved   bigint := 0;
begin
  select p.control, p_start + p.partition_interval::interval into strict v_control, v_end
    from partman.part_config p where p.parent_table = v_name;
  -- pg_partman's own locks come without the error's code.
  execute format('lock table only %s in share update exclusive mode', p_parent);
  if v_default is not null then
    execute format('lock table only %s in access exclusive mode', v_default);
    -- Its rows of that time forbid the partition; one range at a time, since pg_partman's partition_data_time walks towards
    -- whatever row is farthest, interval by interval, and never arrives at infinity.
    execute format('create temp table rollup_moved on commit drop as select * from only %s with no data', v_default);
    execute format('with moved as (delete from only %s where %I >= $1 and %I < $2 returning *) insert into rollup_moved select '
      '* from moved',
      v_default, v_control, v_control) using p_start, v_end;
    get diagnostics v_moved = row_count;
  end if;
  perform partman.create_partition_time(p_parent_table := v_name, p_partition_times := array[p_start]);
  select c.oid into v_added from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where i.inhparent = p_parent and rollup.partition_range(pg_get_expr(c.relpartbound, c.oid)) = tstzrange(p_start, v_end);
  if v_added is null then
    raise exception 'pg_partman did not create the partition of % that starts at %', p_parent, p_start
      using errcode = 'object_not_in_prerequisite_state', hint = 'A table that is no partition may have its name.';
  end if;
  perform rollup.inherit_replica_identity(p_parent);
  if v_moved > 0 then
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into v_columns
      from pg_attribute a where a.attrelid = p_parent and a.attnum > 0 and not a.attisdropped and a.attgenerated = '';
    execute format('insert into %s (%s) overriding system value select %s from rollup_moved', v_added, v_columns, v_columns);
  end if;
  if v_default is not null then drop table pg_temp.rollup_moved; end if;
  return v_moved;
end $$;
comment on function rollup.partman_add(regclass, timestamptz) is
  'Adds the partition that starts at p_start through pg_partman, with the rows of that time that lie in the default partition; '
    'returns how many there were. Leaves the session''s search_path changed.';
revoke all on function rollup.partman_add(regclass, timestamptz) from public;
