create or replace function rollup.partition_problems(p_name text)
returns setof text language plpgsql stable
set search_path = pg_catalog, pg_temp as $$
declare
  v_table   record;
  v_default regclass;
  v_rows    boolean;
  v_partman boolean := exists (select from pg_extension where extname = 'pg_partman');
begin
  for v_table in
    select c.source_oid::regclass as relid, jsonb_typeof(c.definition #> '{source,partition}') = 'object' as managed
      from rollup.timeseries_rollup_config c where c.name = p_name
    union all
    select to_regclass(rollup.object_name(t.rollup, 'state', t.suffix)), k.relkind = 'p'
      from rollup.timeseries_tier t join pg_class k on k.oid = to_regclass(rollup.object_name(t.rollup, 'state', t.suffix))
        where t.rollup = p_name
  loop
    continue when not v_table.managed;
    if not v_partman then
      return next 'pg_partman is not installed';
      return;
    elsif rollup.partman_observe(v_table.relid) is null then
      return next format('pg_partman does not manage %s', v_table.relid);
    elsif (rollup.partman_observe(v_table.relid) ->> 'automaticMaintenance')::boolean then
      return next format('pg_partman''s own maintenance of %s is on: it drops rows that are not aggregated yet', v_table.relid);
    end if;
    v_default := rollup.default_partition(v_table.relid);
    if v_default is not null then
      execute format('select exists (select from only %s)', v_default) into v_rows;
      if v_rows then
        return next format('the default partition %s holds rows', v_default);
      end if;
    end if;
  end loop;
end $$;
comment on function rollup.partition_problems(text) is
  'What is wrong with the partitions of a rollup''s source and tiers, as far as Tidemark manages them, one sentence each.';
revoke all on function rollup.partition_problems(text) from public;
