create or replace function rollup.drop_referenced(p_parent regclass, p_before timestamptz, out dropped integer, out kept jsonb)
language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' as $$
declare
  v_partition regclass;
  v_schema    text;
  v_table     text;
  v_detail    text;
begin
  dropped := 0;
  execute format('lock table %s in access exclusive mode', p_parent);
  for v_partition in
    select c.oid from pg_inherits i join pg_class c on c.oid = i.inhrelid
     cross join lateral rollup.partition_range(pg_get_expr(c.relpartbound, c.oid)) as r(range)
     where i.inhparent = p_parent and isfinite(lower(r.range)) and upper(r.range) <= p_before
     order by upper(r.range)
  loop
    begin
      -- PostgreSQL drops no partition of a table that a foreign key references, but detaches one that no row references.
      execute format('alter table %s detach partition %s', p_parent, v_partition);
    exception when foreign_key_violation then
      get stacked diagnostics v_schema = schema_name, v_table = table_name, v_detail = pg_exception_detail;
      kept := jsonb_build_object('detail', v_detail,
        'message', format('partition %s is past its retention and kept, because rows of %I.%I still reference its rows',
          v_partition, v_schema, v_table),
        'hint', format('Delete those rows of %I.%I, or drop its foreign key.', v_schema, v_table));
      return;
    end;
    execute format('drop table %s', v_partition);
    dropped := dropped + 1;
  end loop;
end $$;
comment on function rollup.drop_referenced(regclass, timestamptz) is
  'Drops, oldest first, the partitions that end at or before p_before of a table that foreign keys reference, up to the first '
    'whose rows are still referenced. Returns how many, and what is to be said of that one. The caller knows that none of their '
    'rows is needed any more by a rollup.';
revoke all on function rollup.drop_referenced(regclass, timestamptz) from public;
