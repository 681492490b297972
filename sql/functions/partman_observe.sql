create or replace function rollup.partman_observe(p_parent regclass)
returns jsonb language plpgsql stable
set search_path = pg_catalog, pg_temp set intervalstyle = 'postgres' as $$
declare
  v_result jsonb;
begin
  perform rollup.partman_major();
  select jsonb_build_object('every', p.partition_interval::interval::text, 'retention', p.retention::interval::text,
      'premake', p.premake, 'automaticMaintenance', p.automatic_maintenance <> 'off', 'infinite', p.infinite_time_partitions)
    into v_result from partman.part_config p where p.parent_table = rollup.partman_name(p_parent);
  return v_result;
end $$;
comment on function rollup.partman_observe(regclass) is
  'pg_partman''s configuration of a table as {every, retention, premake, automaticMaintenance, infinite}, intervals in '
    'PostgreSQL''s own text, a null retention for "for ever", automaticMaintenance false if only Tidemark''s own maintenance '
    'runs; the same for versions 4.7 and 5. Null if pg_partman does not manage the table.';
revoke all on function rollup.partman_observe(regclass) from public;
