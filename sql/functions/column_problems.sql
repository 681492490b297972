create or replace function rollup.column_problems(p_name text)
returns setof text language sql stable
set search_path = pg_catalog, pg_temp as $$
  with config as (
    select c.* from rollup.timeseries_rollup_config c join pg_class k on k.oid = c.source_oid where c.name = p_name),
  needed(column_name, wanted) as (
    select c.time_column, 'timestamp with time zone' from config c
    union all
    select d.column_name, d.data_type from rollup.timeseries_dimension_config d where d.rollup = p_name
    union all  -- the smallest and greatest value are kept in the column's own type
    select m.name, (select format_type(a.atttypid, a.atttypmod) from pg_attribute a
        where a.attrelid = to_regclass(rollup.object_name(t.rollup, 'state', t.suffix)) and not a.attisdropped
          and a.attname in (m.name || '__min', m.name || '__max') limit 1)
      from config c join rollup.timeseries_tier t on t.rollup = c.name and t.ordinal = 0
     cross join lateral (select e ->> 'column' as name from jsonb_array_elements(c.definition -> 'measures') e) m
       where m.name <> '*')
  select case when a.attname is null then format('the source no longer has the column %I', n.column_name)
                || case when r.attname is null then '' else format(', which is now called %I', r.attname) end
              else format('column %I of the source now has the type %s instead of %s', n.column_name, format_type(a.atttypid,
                a.atttypmod), n.wanted) end
    from needed n cross join config c
    left join pg_attribute a on a.attrelid = c.source_oid and a.attname = n.column_name and not a.attisdropped
    left join rollup.source_shape s on s.rollup = p_name
    left join pg_attribute r on a.attname is null and r.attrelid = c.source_oid and not r.attisdropped
     and r.attnum = s.attnums[array_position(s.names, n.column_name)]
   where a.attname is null or format_type(a.atttypid, a.atttypmod) <> n.wanted;
$$;
comment on function rollup.column_problems(text) is 'Columns of a rollup''s source that are gone or of another type than when '
  'it was compiled, one sentence each.';
revoke all on function rollup.column_problems(text) from public;
