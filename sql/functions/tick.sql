create or replace function rollup.tick()
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_at timestamptz := clock_timestamp();
begin
  -- Strictly in this order: the clock, then the id. pg_snapshot_xmax would not do: it is one more than the latest
  -- completed id, so a running transaction can lie above it.
  -- After the restore of a dump ids start over: an id that a tick of the old server holds is given again, to the later time.
  insert into rollup.tick (at, xid) values (v_at, pg_current_xact_id()) on conflict (xid) do update set at = excluded.at;
  -- Older ticks serve while a writer is that old; of those past a day, the newest still does.
  delete from rollup.tick where at < v_at - interval '1 day'
    and at < (select max(t.at) from rollup.tick t where t.at < v_at - interval '1 day');
end $$;
comment on function rollup.tick() is 'Records a clock reading and then this transaction''s id. To be committed at once.';
revoke all on function rollup.tick() from public;
