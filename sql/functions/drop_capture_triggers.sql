drop function if exists rollup.drop_capture_triggers(text);
create or replace function rollup.drop_capture_triggers(p_name text, p_table regclass default null)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_trigger record;
begin
  for v_trigger in
    select t.tgrelid::regclass as relation, t.tgname from pg_trigger t
     -- By name, and by what they call where the catalogue has lost its rows: nothing would take up what they log.
     -- Somebody's own trigger of such a name, which calls something else, stays.
     where (t.tgname in (select o.name from rollup.generation_object o where o.rollup = p_name and o.kind = 'trigger')
            and exists (select from pg_proc p where p.oid = t.tgfoid and p.pronamespace = 'rollup'::regnamespace)
            or t.tgfoid = to_regprocedure(
              coalesce(rollup.object_name(p_name, 'capture'), format('rollup.%I', 'capture_' || p_name)) || '()'))
       and t.tgparentid = 0 and not t.tgisinternal and t.tgrelid = coalesce(p_table, t.tgrelid)
  loop
    execute format('drop trigger if exists %I on %s', v_trigger.tgname, v_trigger.relation);
  end loop;
end $$;
comment on function rollup.drop_capture_triggers(text, regclass) is
  'Removes a rollup''s capture triggers from one table, or from its source and all partitions.';
revoke all on function rollup.drop_capture_triggers(text, regclass) from public;
