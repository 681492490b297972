create or replace function rollup.partition_range(p_bound text)
returns tstzrange language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp as $$
declare
  v_time text := '''(?:\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d(?::\d\d)*(?: BC)?)''';
  v_part text[];
begin
  -- One timestamptz key in ISO style: FOR VALUES FROM ('2001-01-01 00:00:00+00') TO (MAXVALUE). Anything else (list, hash,
  -- several keys, DEFAULT, another DateStyle) may hold any time. No exception block: it would fail in a parallel query.
  v_part := regexp_match(p_bound, '^FOR VALUES FROM \((MINVALUE|' || v_time || ')\) TO \((MAXVALUE|' || v_time || ')\)$');
  if v_part is null then
    return tstzrange('-infinity', null);
  end if;
  return tstzrange(
    case v_part[1] when 'MINVALUE' then '-infinity' else trim(both '''' from v_part[1])::timestamptz end,
    case v_part[2] when 'MAXVALUE' then null else trim(both '''' from v_part[2])::timestamptz end);
end $$;
comment on function rollup.partition_range(text) is
  'Half-open time range that a partition with this bound (pg_get_expr of relpartbound) can hold; everything, where its key is '
    'not one timestamptz.';
grant execute on function rollup.partition_range(text) to public;
