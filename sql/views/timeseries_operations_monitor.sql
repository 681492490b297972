create or replace view rollup.timeseries_operations_monitor as
with state as materialized (
  select c.name, c.enabled, rollup.contract_problem(c.name) as contract_problem, c.attempt, c.next_attempt_at, c.last_success_at,
    c.installed_at, c.source_oid,
    rollup.schedule_period(c.schedule) as period, s.lag, s.backfill, s.remaining, d.dirty_keys, d.late_rows,
    exists (select from pg_catalog.pg_locks l
             where l.locktype = 'advisory' and l.granted and l.classid = rollup.lock_class() and l.objsubid = 2
               and l.objid::bigint = (pg_catalog.hashtext(c.name)::bigint & 4294967295)
               and l.database = (select b.oid from pg_catalog.pg_database b
                 where b.datname = pg_catalog.current_database())) as running,
    case when c.enabled then rollup.partitions_until(c.name) end as partitions_until,
    h.who as holder, pg_catalog.clock_timestamp() - h.since as held
    from rollup.timeseries_rollup_config c
    left join lateral rollup.refresh_state(c.name) s on c.enabled
    left join lateral rollup.dirty_count(c.name) d on c.enabled
    left join lateral (select o.who, o.since from rollup.horizon_holders(c.source_oid) o
      order by o.since limit 1) h on c.enabled),
logs as materialized (
  select s.name,
    (select pg_catalog.sum(r.rows_written)::bigint from rollup.timeseries_refresh_log r
      where r.rollup = s.name and r.finished_at > pg_catalog.clock_timestamp() - interval '1 hour') as rows_last_hour,
    (select pg_catalog.avg(r.finished_at - r.started_at) from rollup.timeseries_refresh_log r
      where r.rollup = s.name and r.finished_at > pg_catalog.clock_timestamp() - interval '1 day') as average_duration,
    (select pg_catalog.sum(x.row_count)::bigint from rollup.sealed_change x where x.rollup = s.name) as sealed_changes,
    exists (select from rollup.sealed_change x
             where x.rollup = s.name and x.occurred_at > pg_catalog.clock_timestamp() - interval '1 day') as sealed_today,
    a.keys as aside_keys, a.reason as aside_reason, a.late_reason,
    e.message as last_error, e.occurred_at as last_error_at, m.message as maintenance_error
    from state s
    left join lateral (select l.message, l.occurred_at from rollup.timeseries_error_log l
                        where l.rollup = s.name order by l.occurred_at desc limit 1) e on true
    left join lateral (select l.message from rollup.timeseries_error_log l
                        where l.rollup = s.name and l.attempt = 0
                          and l.occurred_at > pg_catalog.clock_timestamp() - interval '1 day'
                        order by l.occurred_at desc limit 1) m on true
    left join lateral (
      select pg_catalog.count(*) filter (where x.log_row is not null) as keys,
        (pg_catalog.array_agg(x.reason order by x.id desc) filter (where x.log_row is not null))[1] as reason,
        (pg_catalog.array_agg(x.reason order by x.id desc)
          filter (where x.log_row is null and x.since > pg_catalog.clock_timestamp() - interval '1 day'))[1] as late_reason
        from rollup.set_aside x where x.rollup = s.name) a on true),
findings as (  -- level 2 pages somebody, level 1 can wait for the morning
  select s.name, f.level, f.reason from state s join logs g using (name)
   cross join lateral (values
    (case when s.contract_problem is not null then 2 end, s.contract_problem),
    (case when s.attempt >= 3 then 2 when s.attempt >= 1 then 1 end,
      pg_catalog.format(case when s.attempt = 1 then 'the last refresh failed: %2$s'
        else '%1$s refreshes failed in a row, the last: %2$s' end,
        s.attempt, g.last_error)),
    (case when s.lag > s.period + interval '1 hour' then 2 when s.lag > s.period + interval '15 minutes' then 1 end,
      pg_catalog.format('a bucket has been due for %s', pg_catalog.date_trunc('second', s.lag))),
    (case when coalesce(s.last_success_at, s.installed_at) < pg_catalog.clock_timestamp() - s.period - interval '1 hour' then 2
          when coalesce(s.last_success_at, s.installed_at) < pg_catalog.clock_timestamp() - s.period - interval '15 minutes'
            then 1 end,
      coalesce('no refresh has succeeded since ' || pg_catalog.date_trunc('second', s.last_success_at),
        'no refresh has succeeded yet')),
    (case when s.held > interval '10 minutes' then 2 end,
      pg_catalog.format('%s has written to the source and been open for %s: nothing newer can be aggregated', s.holder,
        pg_catalog.date_trunc('second', s.held))),
    (case when s.partitions_until < pg_catalog.clock_timestamp() then 2 end,
      pg_catalog.format('the last partition ended at %s', s.partitions_until)),
    (case when g.sealed_today then 1 end, 'rows of sealed ranges were updated or deleted today: their aggregates are unchanged'),
    (case when g.aside_keys > 0 then 1 end,
      pg_catalog.format('%s %s set aside and read from the source, since aggregating %s fails: %s; see rollup.set_aside',
        g.aside_keys, case g.aside_keys when 1 then 'key is' else 'keys are' end,
        case g.aside_keys when 1 then 'it' else 'them' end, g.aside_reason)),
    (case when g.late_reason is not null then 1 end,
      pg_catalog.format('late rows of sealed ranges are not in the aggregates, since adding them fails: %s; see '
        'rollup.set_aside', g.late_reason)),
    (case when g.maintenance_error is not null then 1 end, 'maintenance: ' || g.maintenance_error)) as f(level, reason)
   where s.enabled and f.level is not null)
select s.name,
  case when not s.enabled then 'OK' when f.level = 2 then 'ALERT' when f.level = 1 then 'WARNING' when s.running then 'RUNNING'
    else 'OK' end as status,
  case when not s.enabled then 'retired: nothing refreshes it, gold reads the source' else f.reasons end as reason,
  s.lag, s.dirty_keys, s.late_rows, s.backfill, s.remaining as backfill_remaining, s.attempt, s.next_attempt_at,
  g.last_error, g.last_error_at, s.last_success_at, coalesce(g.rows_last_hour, 0) as rows_last_hour, g.average_duration,
  coalesce(g.sealed_changes, 0) as sealed_changes, s.partitions_until
  from state s join logs g using (name)
  left join (select x.name, pg_catalog.max(x.level) as level, pg_catalog.string_agg(x.reason, '; '
    order by x.level desc, x.reason) as reasons
               from findings x group by x.name) f using (name);
comment on view rollup.timeseries_operations_monitor is
  'One row a rollup: status OK, RUNNING, WARNING or ALERT, and the reason. docs/operations.md says what each means and what to '
    'do.';
revoke all on rollup.timeseries_operations_monitor from public;
grant usage on schema rollup to pg_monitor;
grant select on rollup.timeseries_operations_monitor to pg_monitor;
