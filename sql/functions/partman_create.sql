create or replace function rollup.partman_create(
  p_parent regclass, p_control text, p_every interval, p_start timestamptz, p_premake integer)
returns void language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' set intervalstyle = 'postgres' as $$
declare
  v_name    text := rollup.partman_name(p_parent);
  v_schema  text := split_part(rollup.partman_name(p_parent), '.', 1);
  v_start   timestamptz := rollup.partman_start(p_every, coalesce(p_start, now() - p_every * p_premake));
  v_default record;
  v_child   record;
begin
  -- Here and not in pg_partman, which would hide the error's code.
  execute format('lock table %s in access exclusive mode', p_parent);
  -- Partitions of an earlier time: pg_partman insists on making the default partition itself, so it steps aside.
  select c.oid::regclass as oid, c.relname into v_default
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where i.inhparent = p_parent and pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT';
  if found then
    execute format('alter table %s detach partition %s', p_parent, v_default.oid);
    execute format('alter table %s rename to %I', v_default.oid, 'rollup_default_' || p_parent::oid);
  end if;
  begin
    if rollup.partman_major() = 4 then
      -- '3 months' would sort October before January; the name of the interval does not.
      perform partman.create_parent(p_parent_table := v_name, p_control := p_control, p_type := 'native', p_premake := p_premake,
        p_interval := case p_every::text when '3 mons' then 'quarterly' else p_every::text end,
        p_start_partition := v_start::text, p_automatic_maintenance := 'off', p_jobmon := false);
    else
      perform partman.create_parent(p_parent_table := v_name, p_control := p_control, p_type := 'range', p_premake := p_premake,
        p_interval := p_every::text, p_start_partition := v_start::text, p_automatic_maintenance := 'off', p_jobmon := false);
    end if;
  exception when raise_exception then
    raise exception 'pg_partman cannot partition % by %: %', p_parent, p_every, split_part(sqlerrm, E'\nCONTEXT:', 1)
      using errcode = 'object_not_in_prerequisite_state',
        hint = 'If it has partitions already, they must be of this length and named as pg_partman names them.';
  end;
  if v_default.relname is not null then
    for v_child in
      select c.oid::regclass as oid from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = p_parent and pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT'
    loop
      execute format('drop table %s', v_child.oid);
    end loop;
    execute format('alter table %I.%I rename to %I', v_schema, 'rollup_default_' || p_parent::oid, v_default.relname);
    execute format('alter table %s attach partition %I.%I default', p_parent, v_schema, v_default.relname);
  end if;
  for v_child in
    select c.relname, rollup.partition_range(pg_get_expr(c.relpartbound, c.oid)) as range
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = p_parent and pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'
  loop
    if lower(v_child.range) + p_every is distinct from upper(v_child.range)
       or (select n.partition_table from partman.show_partition_name(v_name,
         lower(v_child.range)::text) n) <> v_child.relname then
      raise exception 'partition % of % was not made by pg_partman', quote_ident(v_child.relname), p_parent
        using errcode = 'object_not_in_prerequisite_state', detail = format('It holds %s.', v_child.range),
          hint = format('Detach it and move its rows, or leave out `partition` in the definition and manage the partitions of '
            '%s yourself.', p_parent);
    end if;
  end loop;
  perform rollup.inherit_replica_identity(p_parent);
end $$;
comment on function rollup.partman_create(regclass, text, interval, timestamptz, integer) is
  'Part of rollup.partman_manage: pg_partman''s create_parent of version 4.7 or 5, also for a table that pg_partman managed '
    'before. Leaves the session''s search_path changed.';
revoke all on function rollup.partman_create(regclass, text, interval, timestamptz, integer) from public;
