create or replace function rollup.rows_by_name(p_name text, p_ordinal integer, p_ranges tstzmultirange)
returns setof record language plpgsql stable parallel restricted security definer rows 1
set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  v        record;
  v_reader text := coalesce(nullif(current_setting('role'), 'none'), session_user);
  v_table  oid;
  v_now    text[];
  v_types  text[];
begin
  select s.*, c.source_oid, c.source_table, t.statements, rollup.object_name(p_name, 'view', t.suffix) as gold into strict v
    from rollup.source_shape s join rollup.timeseries_rollup_config c on c.name = s.rollup
    join rollup.timeseries_tier t on t.rollup = s.rollup and t.ordinal = p_ordinal
   where s.rollup = p_name;
  if not has_table_privilege(v_reader, v.gold, 'select') then
    raise exception 'permission denied for view %', v.gold using errcode = 'insufficient_privilege';
  end if;
  v_table := coalesce(to_regclass(v.source_table), v.source_oid);
  v_now := rollup.column_names(v_table);
  -- What each name means now: the column that has it, or the one that had it, under its new name.
  select array_agg(case when n.name = any (v_now) or v_table <> v.source_oid then n.name else v_now[n.attnum] end
      order by n.place) into v_now
    from unnest(v.names, v.attnums) with ordinality n(name, attnum, place);
  execute format('select array[%s] from (select null::%s as r) x',
    (select string_agg(format('format_type(pg_typeof((x.r).%I), null)', c), ', ' order by place)
       from unnest(v_now) with ordinality u(c, place)), v_table::regclass) into v_types;
  for i in 1..cardinality(v.names) loop
    -- Without lengths and precisions, which an expression has not.
    if v_types[i] <> format_type(to_regtype(v.types[i]), null) then
      raise exception 'column % of % now has the type % instead of %', v.names[i], v_table::regclass, v_types[i], v.types[i]
        using errcode = 'object_not_in_prerequisite_state', hint = 'Deploy the definition again with `pulumi up`.';
    end if;
  end loop;
  return query execute format('with source as (select %s from %s x) %s',
    (select string_agg(format('x.%I as %I', now, n), ', ') from unnest(v_now, v.names) u(now, n)), v_table::regclass,
    rollup.statement(v.statements, 'byName')) using p_ranges;
end $$;
comment on function rollup.rows_by_name(text, integer, tstzmultirange) is
  'State of a tier''s buckets over these ranges of time, from what the names of the source and its columns mean now: for gold '
  'views while that is not what they were made for. For whoever may read the gold view.';
grant execute on function rollup.rows_by_name(text, integer, tstzmultirange) to public;
