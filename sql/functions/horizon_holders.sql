create or replace function rollup.horizon_holders(p_source oid)
returns table (pid integer, gid text, since timestamptz, who text) language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
  with writers as (
    select distinct l.virtualtransaction, l.pid from pg_locks l
     where l.locktype = 'relation' and l.granted and l.mode in ('RowExclusiveLock', 'AccessExclusiveLock')
       and l.database = (select d.oid from pg_database d where d.datname = current_database())
       and l.relation in (select t.relid from pg_partition_tree(p_source) t union select p_source))
  select w.pid, p.gid, coalesce(p.prepared, a.xact_start), case when p.gid is not null
      then format('prepared transaction %L of %s', p.gid, p.owner)
      else format('pid %s (%s, %s, %s)', w.pid, a.usename, coalesce(nullif(a.application_name, ''), 'no application name'),
        a.state) end
    from writers w
    join pg_locks x on x.virtualtransaction = w.virtualtransaction and x.locktype = 'transactionid' and x.mode = 'ExclusiveLock'
      and x.granted
    left join pg_stat_activity a on a.pid = w.pid
    left join pg_prepared_xacts p on p.transaction = x.transactionid and p.database = current_database() and w.pid is null
   where w.pid is distinct from pg_backend_pid()
   order by 3;
$$;
comment on function rollup.horizon_holders(oid) is
  'Unfinished transactions that have written to a source, oldest first: refreshes cover nothing that is newer than the start '
    'of the first. Sessions by pid, prepared transactions by gid.';
revoke all on function rollup.horizon_holders(oid) from public;
grant execute on function rollup.horizon_holders(oid) to pg_monitor;
