create or replace function rollup.set_replica_identity(p_name text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_table regclass;
begin
  for v_table in
    select c.oid from rollup.generation g join rollup.generation_object o using (rollup, generation)
      join pg_class c on c.oid = to_regclass(o.name)
     where g.rollup = p_name and g.live and o.kind in ('dirty', 'late', 'state')
    union
    select 'rollup.dirty_range'::regclass
  loop
    -- Full: none of them has a key without nulls. It costs nothing as long as no publication has the table.
    if (select c.relreplident from pg_class c where c.oid = v_table) <> 'f' then
      execute format('alter table %s replica identity full', v_table);
    end if;
    perform rollup.inherit_replica_identity(v_table);
  end loop;
end $$;
comment on function rollup.set_replica_identity(text) is
  'Gives a replica identity to the tables of a rollup that have no primary key: without one a publication of all tables makes '
    'PostgreSQL refuse the updates and deletes of every refresh. Locks only those that have none.';
revoke all on function rollup.set_replica_identity(text) from public;
