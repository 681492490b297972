create or replace function rollup.create_capture_triggers(p_name text, p_table regclass)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_capture  text;
  v_function text := rollup.object_name(p_name, 'capture');
  v_trigger  name;
  v_insert   text := rollup.object_name(p_name, 'trigger', 'insert');
begin
  select capture into strict v_capture from rollup.timeseries_rollup_config where name = p_name;
  -- Waits for writers under way and holds off new ones: from here on every change is logged.
  -- Replaced, not dropped: dropping takes a stronger lock, and a writer between the two would be in a deadlock.
  execute format('lock table %s in share row exclusive mode', p_table);
  -- One that was renamed would log every change a second time.
  for v_trigger in
    select t.tgname from pg_trigger t
     where t.tgrelid = p_table and t.tgfoid = to_regprocedure(v_function || '()') and t.tgparentid = 0
       and t.tgname not in (select o.name from rollup.generation g join rollup.generation_object o using (rollup, generation)
         where g.rollup = p_name and g.live and o.kind = 'trigger')
  loop
    execute format('drop trigger %I on %s', v_trigger, p_table);
  end loop;
  execute format('create or replace trigger %I after truncate on %s for each statement execute function %s()',
    rollup.object_name(p_name, 'trigger', 'truncate'), p_table, v_function);
  if v_capture = 'statements' then
    execute format('create or replace trigger %I after insert on %s referencing new table as new_rows for each statement '
      'execute function %s()',
      v_insert, p_table, v_function);
    execute format('create or replace trigger %I after update on %s referencing old table as old_rows new table as new_rows '
      'for each statement execute function %s()',
    rollup.object_name(p_name, 'trigger', 'update'), p_table, v_function);
    execute format('create or replace trigger %I after delete on %s referencing old table as old_rows for each statement '
      'execute function %s()',
    rollup.object_name(p_name, 'trigger', 'delete'), p_table, v_function);
    perform rollup.create_move_trigger(p_name, p_table);
    -- ALWAYS, so that they fire under session_replication_role = replica, too; and since `enable trigger` leaves ORIGIN, a
    -- trigger that was disabled for a while can be told.
    for v_trigger in
      select t.tgname from pg_trigger t
        join rollup.generation_object o on o.rollup = p_name and o.kind = 'trigger' and o.name = t.tgname
       where t.tgrelid = p_table and t.tgenabled <> 'A' and t.tgparentid = 0
    loop
      execute format('alter table %s enable always trigger %I', p_table, v_trigger);
    end loop;
  else
    -- Row triggers reach all partitions by themselves, also later ones; ENABLE ALWAYS, so that changes applied by logical
    -- replication, or under session_replication_role = replica, are captured too.
    execute format('alter table %s enable always trigger %I', p_table, rollup.object_name(p_name, 'trigger', 'truncate'));
    if not exists (select from pg_trigger t where t.tgrelid = p_table and t.tgname = v_insert) then
      execute format('create or replace trigger %I after insert or update or delete on %s for each row execute function %s()',
      v_insert, p_table, v_function);
    end if;
    execute format('alter table %s enable always trigger %I', p_table, v_insert);
  end if;
end $$;
comment on function rollup.create_capture_triggers(text, regclass) is
  'Puts a rollup''s capture triggers on its source or on one of its partitions. Takes a lock that waits for writers: set '
    'lock_timeout.';
revoke all on function rollup.create_capture_triggers(text, regclass) from public;
