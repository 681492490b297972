create or replace function rollup.column_expressions(p_table oid, p_attnums smallint[])
returns text[] language sql stable parallel safe
set search_path = pg_catalog, pg_temp as $$
  select array_agg((select pg_get_expr(d.adbin, d.adrelid) from pg_attribute a
      join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = p_table and a.attnum = n.attnum and a.attgenerated <> '') order by n.place)
    from unnest(p_attnums) with ordinality n(attnum, place);
$$;
comment on function rollup.column_expressions(oid, smallint[]) is
  'The expressions of generated columns by their numbers; null for other columns.';
revoke all on function rollup.column_expressions(oid, smallint[]) from public;
