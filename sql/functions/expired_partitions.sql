create or replace function rollup.expired_partitions(p_parent regclass)
returns table (relid regclass, range tstzrange) language plpgsql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' as $$
declare
  v_retention interval := (rollup.partman_observe(p_parent) ->> 'retention')::interval;
begin
  if v_retention is null then return; end if;
  return query
    select c.oid::regclass, r.range
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     cross join lateral rollup.partition_range(pg_get_expr(c.relpartbound, c.oid)) as r(range)
     where i.inhparent = p_parent and isfinite(lower(r.range)) and upper(r.range) <= clock_timestamp() - v_retention
     order by upper(r.range);
end $$;
comment on function rollup.expired_partitions(regclass) is
  'Partitions of a table that pg_partman manages which lie wholly before now less the retention, oldest first, with their '
    'half-open ranges. Nothing without a retention.';
revoke all on function rollup.expired_partitions(regclass) from public;
