create or replace function rollup.horizon(p_source regclass)
returns timestamptz language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
declare
  v_newest xid8;
  v_next   numeric := pg_snapshot_xmax(pg_current_snapshot())::text;
  v_oldest numeric;
  v_at     timestamptz;
begin
  -- The newest tick before the locks are looked at: one that another session commits afterwards may be later than a writer
  -- that the look missed.
  -- Ids from another cluster (a restored dump) are from the future and would freeze the horizon.
  select xid into v_newest from rollup.tick where xid < pg_snapshot_xmax(pg_current_snapshot()) order by xid desc limit 1;

  -- In-flight writers of the source: whoever holds a lock that DML (RowExclusive) or TRUNCATE (AccessExclusive) takes, on
  -- the source or any of its partitions. Their transaction id is the transactionid lock of the same virtual transaction;
  -- prepared transactions hold both too. A transaction without an id yet has written nothing, so its rows come after
  -- every tick there is.
  with writers as materialized (
    select distinct l.virtualtransaction from pg_locks l
     where l.locktype = 'relation' and l.granted
       and l.database = (select oid from pg_database where datname = current_database())
       and l.mode in ('RowExclusiveLock', 'AccessExclusiveLock')
       and l.relation in (select relid from pg_partition_tree(p_source) union select p_source))
  select min(rollup.widen_xid(l.transactionid, v_next)) into v_oldest
    from pg_locks l join writers using (virtualtransaction)
   where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.granted;
  select at into v_at from rollup.tick
   where xid <= least(v_newest::text::numeric, v_oldest)::text::xid8 order by xid desc limit 1;
  return v_at;
end $$;
comment on function rollup.horizon(regclass) is
  'The newest tick that no unfinished writer of the source precedes, or null if there is none. Statements after it see every '
    'row whose capture trigger ran before that time.';
revoke all on function rollup.horizon(regclass) from public;
