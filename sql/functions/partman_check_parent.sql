create or replace function rollup.partman_check_parent(p_parent regclass, p_control text)
returns void language plpgsql stable
set search_path = pg_catalog, pg_temp as $$
declare
  v_key record;
begin
  -- From PostgreSQL 18 on attnotnull may say what is true of new rows only.
  select p.partstrat, p.partnatts, a.attname, a.attnotnull and not exists (
      select from pg_constraint n
       where n.conrelid = p.partrelid and n.contype = 'n' and n.conkey = array[a.attnum] and not n.convalidated) as proved
    into v_key
    from pg_partitioned_table p
    left join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
   where p.partrelid = p_parent;
  if not found then
    raise exception '% is not a partitioned table', p_parent using errcode = 'wrong_object_type',
      hint = format('Create it with: partition by range (%I). An existing table has to be copied into one, or left without '
        'partitions.', p_control);
  elsif v_key.partstrat <> 'r' or v_key.partnatts <> 1 or v_key.attname is distinct from p_control then
    raise exception '% is not partitioned by range on % alone', p_parent, quote_ident(p_control)
      using errcode = 'wrong_object_type', detail = 'Its partition key is: ' || pg_get_partkeydef(p_parent) || '.',
        hint = 'Only partitions by range on the time column can be made and dropped by time.';
  elsif not v_key.proved then
    raise exception 'column % of % may be null', quote_ident(p_control), p_parent
      using errcode = 'not_null_violation', hint = format('Run: alter table %s alter column %I set not null;', p_parent,
        p_control);
  end if;
end $$;
comment on function rollup.partman_check_parent(regclass, text) is
  'Raises a clear error unless the table is partitioned by range on the one column p_control, which is not null.';
revoke all on function rollup.partman_check_parent(regclass, text) from public;
