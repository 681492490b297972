create or replace function rollup.create_move_trigger(p_name text, p_table regclass)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_config rollup.timeseries_rollup_config;
  v_key    text[];
begin
  select * into strict v_config from rollup.timeseries_rollup_config where name = p_name;
  if p_table <> v_config.source_oid or not exists (select from pg_partitioned_table where partrelid = p_table) then
    return;  -- partitions inherit it
  end if;
  -- Time, dimensions, and whatever decides which partition a row is in; everything, where an expression does.
  select array_agg(distinct name order by name) into v_key from (
    select v_config.time_column as name
    union all select column_name from rollup.timeseries_dimension_config where rollup = p_name
    union all
    select a.attname from pg_partition_tree(p_table) l
      join pg_partitioned_table t on t.partrelid = l.relid cross join unnest(t.partattrs) k(attnum)
      join pg_attribute a on a.attrelid = l.relid and not a.attisdropped
        -- Generated columns decide nothing that the others do not, and are not known yet before a row is written.
       and (a.attnum = k.attnum or k.attnum = 0 and a.attnum > 0 and a.attgenerated = '')) x;
  execute format(
    'create or replace trigger %I before update on %s for each row when ((%s) is distinct from (%s)) execute function %s()',
    rollup.object_name(p_name, 'trigger', 'move'), p_table,
    (select string_agg(format('old.%I', k), ', ' order by k) from unnest(v_key) k),
    (select string_agg(format('new.%I', k), ', ' order by k) from unnest(v_key) k), rollup.object_name(p_name, 'capture'));
end $$;
comment on function rollup.create_move_trigger(text, regclass) is
  'Puts a row trigger on a partitioned source for updates that change a row''s key: the statement triggers of a MERGE do not '
    'see all of those. Called by create_capture_triggers, under its lock.';
revoke all on function rollup.create_move_trigger(text, regclass) from public;
