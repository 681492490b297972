create or replace function rollup.inherit_replica_identity(p_parent regclass)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_child record;
begin
  for v_child in
    select c.oid::regclass as oid, p.relreplident as kind, i.relname as index
      from pg_class p
      join pg_partition_tree(p.oid) t on t.relid <> p.oid
      join pg_class c on c.oid = t.relid and c.relkind in ('r', 'p')
      left join (select x.indrelid, k.relname
                   from pg_index x join pg_class k on k.oid = x.indexrelid
                   join pg_inherits h on h.inhrelid = x.indexrelid
                   join pg_index above on above.indexrelid = h.inhparent and above.indisreplident) i on i.indrelid = c.oid
     where p.oid = p_parent and p.relreplident <> 'd' and c.relreplident <> p.relreplident
       and (p.relreplident <> 'i' or i.relname is not null)
  loop
    execute format('alter table %s replica identity %s', v_child.oid, case v_child.kind when 'f' then 'full'
      when 'n' then 'nothing' else format('using index %I', v_child.index) end);
  end loop;
end $$;
comment on function rollup.inherit_replica_identity(regclass) is
  'Gives a table''s partitions its replica identity, which neither PostgreSQL nor pg_partman 4 does: a partition without one '
    'refuses updates and deletes where a publication has it. Locks only those that differ.';
revoke all on function rollup.inherit_replica_identity(regclass) from public;
