create or replace function rollup.retype_table(p_table regclass, p_columns text[], p_types text[])
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_column record;
begin
  for v_column in
    select n.name, n.type from unnest(p_columns, p_types) n(name, type)
     cross join regexp_replace(n.type, ' collate .*$', '') bare
      join pg_attribute a on a.attrelid = p_table and a.attname = n.name and not a.attisdropped
     where a.atttypid <> to_regtype(bare) or format_type(a.atttypid, a.atttypmod) <> bare and bare ~ '[(]'
  loop
    execute format('alter table %s alter column %I type %s using %I::%s',
      p_table, v_column.name, v_column.type, v_column.name, v_column.type);
  end loop;
end $$;
comment on function rollup.retype_table(regclass, text[], text[]) is
  'Gives columns of a state table or log these types, where they have others: what was aggregated is cast. Raises where a value '
  'does not fit, or a view reads a column.';
revoke all on function rollup.retype_table(regclass, text[], text[]) from public;
