create or replace function rollup.held_ranges(p_source regclass, p_range tstzrange)
returns tstzmultirange language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' as $$
declare
  v_leaf   record;
  v_loaded boolean;
  v_result tstzmultirange := '{}';
begin
  if p_range = tstzrange('-infinity', null) then
    return tstzmultirange(p_range);  -- which times it held is not known
  end if;
  for v_leaf in
    select l.relid::regclass as relation, (
        select range_intersect_agg(rollup.partition_range(pg_get_expr(a.relpartbound, a.oid)))
          from pg_partition_ancestors(l.relid) p join pg_class a on a.oid = p.relid) as range
      from pg_partition_tree(p_source) l where l.isleaf and l.relid <> p_source
  loop
    if v_leaf.range && p_range and v_leaf.range <> tstzrange('-infinity', null) then
      execute format('select exists (select from %s)', v_leaf.relation) into v_loaded;
      if v_loaded then v_result := v_result + tstzmultirange(v_leaf.range * p_range); end if;
    end if;
  end loop;
  return v_result;
end $$;
comment on function rollup.held_ranges(regclass, tstzrange) is
  'The part of a range for which a source has partitions with rows, the default one apart; the whole range, where it is '
    'unbounded on both sides.';
revoke all on function rollup.held_ranges(regclass, tstzrange) from public;
