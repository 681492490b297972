create or replace function rollup.horizon(p_source regclass)
returns timestamptz language plpgsql volatile
set search_path = pg_catalog, pg_temp as $$
declare
  v_next   xid8 := pg_snapshot_xmax(pg_current_snapshot());
  v_low    bigint := v_next::text::numeric % 4294967296;
  v_oldest numeric;
  v_at     timestamptz;
begin
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
  select min(v_next::text::numeric + case  -- 32 bits to 64: the distance to the next id, as a signed 32-bit number
           when d > 2147483648 then d - 4294967296 when d < -2147483648 then d + 4294967296 else d end)
    into v_oldest
    from (select l.transactionid::text::bigint - v_low as d
            from pg_locks l join writers using (virtualtransaction)
           where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.granted) x;
  select max(at) into v_at from rollup.tick
   where v_oldest is null or xid::text::numeric <= v_oldest;
  return v_at;
end $$;
comment on function rollup.horizon(regclass) is
  'The newest tick that no unfinished writer of the source precedes, or null if there is none. Statements after it see every row whose capture trigger ran before that time.';
revoke all on function rollup.horizon(regclass) from public;
