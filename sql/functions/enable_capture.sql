create or replace function rollup.enable_capture(p_name text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_table oid;
begin
  for v_table in
    select c.source_oid from rollup.timeseries_rollup_config c where c.name = p_name
    union all
    select k.relid from rollup.source_leaf k
     where k.rollup = p_name and exists (select from pg_class l where l.oid = k.relid and l.relispartition)
       and exists (
         select from rollup.generation g join rollup.generation_object o using (rollup, generation)
          where g.rollup = p_name and g.live and o.kind = 'trigger' and o.part <> 'move'
            and not exists (
              select from pg_trigger t
               where t.tgrelid = k.relid and t.tgname = o.name and t.tgenabled = 'A' and t.tgqual is null
                 and t.tgfoid = to_regprocedure(rollup.object_name(p_name, 'capture') || '()')))
  loop
    perform rollup.create_capture_triggers(p_name, v_table);
  end loop;
end $$;
comment on function rollup.enable_capture(text) is
  'Puts a rollup''s capture triggers on its source, and enables those of its known partitions ALWAYS. Takes locks that wait for '
  'writers: set lock_timeout.';
revoke all on function rollup.enable_capture(text) from public;
