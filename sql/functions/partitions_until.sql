create or replace function rollup.partitions_until(p_name text)
returns timestamptz language sql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' as $$
  select min(parent.until) from (
    select max(upper(r.range)) as until
      from (select c.source_oid as relid from rollup.timeseries_rollup_config c where c.name = p_name
            union select to_regclass(rollup.object_name(t.rollup, 'state', t.suffix)) from rollup.timeseries_tier t
              where t.rollup = p_name) p
      join pg_partitioned_table k on k.partrelid = p.relid and k.partstrat = 'r'
      left join pg_inherits i on i.inhparent = p.relid
      left join pg_class l on l.oid = i.inhrelid and pg_get_expr(l.relpartbound, l.oid) <> 'DEFAULT'
     cross join lateral (select rollup.partition_range(pg_get_expr(l.relpartbound, l.oid)) as range) r
     where l.oid is not null and isfinite(lower(r.range)) group by p.relid) parent;
$$;
comment on function rollup.partitions_until(text) is
  'Up to when the source and every partitioned tier of a rollup have partitions: rows after it go to a default partition, or '
    'are refused. Null where nothing is partitioned by time.';
revoke all on function rollup.partitions_until(text) from public;
grant execute on function rollup.partitions_until(text) to pg_monitor;
