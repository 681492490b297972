create or replace function rollup.get_detailed_stats(p_pattern text default '%')
returns table (rollup_name text, tier text, every interval, time_zone text, retention interval, retained_from timestamptz,
  covered_from timestamptz,
  covered_to timestamptz, holes integer, partitions integer, estimated_rows bigint, total_bytes bigint, refreshes_last_day bigint,
  rows_written_last_day bigint, rows_removed_last_day bigint, dirty_keys_last_day bigint, late_rows_last_day bigint,
    slowest_last_day interval, errors_last_day bigint)
language sql stable
set search_path = pg_catalog, pg_temp as $$
  select t.rollup, t.suffix, t.every, t.time_zone, t.retention, nullif(t.retained_from, '-infinity'), lower(t.coverage),
    upper(t.coverage),
      greatest((select count(*) from unnest(t.coverage)) - 1, 0)::integer, s.partitions, s.rows, s.bytes,
      l.refreshes, l.written, l.removed, l.keys, l.late, l.slowest, (select count(*) from rollup.timeseries_error_log e
        where e.rollup = t.rollup and e.occurred_at > clock_timestamp() - interval '1 day')
    from rollup.timeseries_tier t
   cross join lateral (select count(*) filter (where c.relispartition)::integer as partitions, sum(greatest(c.reltuples,
     0))::bigint as rows, sum(pg_total_relation_size(c.oid))::bigint as bytes
      from pg_class c where c.oid in (
        select p.relid from pg_partition_tree(to_regclass(rollup.object_name(t.rollup, 'state', t.suffix))) p where p.isleaf
        union select to_regclass(rollup.object_name(t.rollup, 'state', t.suffix))) and c.relkind = 'r') s
   cross join lateral (select count(*) as refreshes, coalesce(sum(r.rows_written), 0)::bigint as written,
     coalesce(sum(r.rows_removed), 0)::bigint as removed,
        coalesce(sum(r.dirty_keys), 0)::bigint as keys, coalesce(sum(r.late_rows_merged), 0)::bigint as late,
          max(r.finished_at - r.started_at) as slowest
      from rollup.timeseries_refresh_log r where r.rollup = t.rollup and r.finished_at > clock_timestamp() - interval '1 day') l
   where t.rollup like p_pattern order by t.rollup, t.ordinal;
$$;
comment on function rollup.get_detailed_stats(text) is
  'One row a tier of the rollups whose name is like p_pattern: coverage and the holes in it, size, and what its rollup did in '
    'the last day. Rows are estimates of the last ANALYZE.';
revoke all on function rollup.get_detailed_stats(text) from public;
