create or replace function rollup.dirty_count(p_name text, out dirty_keys bigint, out late_rows bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
  v_dirty text := rollup.object_name(p_name, 'dirty');
  v_late  text := rollup.object_name(p_name, 'late');
begin
  if to_regclass(v_dirty) is not null and to_regclass(v_late) is not null then
    execute format('select (select count(*) from %s), (select coalesce(sum(row_count), 0) from %s)', v_dirty, v_late)
      into dirty_keys, late_rows;
  end if;
end $$;
comment on function rollup.dirty_count(text) is
  'How many entries the log of dirty keys of a rollup holds (a key may be logged several times), and how many late rows of '
    'sealed ranges wait to be merged, in the reader''s snapshot. Null if there is no such rollup.';
revoke all on function rollup.dirty_count(text) from public;
grant execute on function rollup.dirty_count(text) to pg_monitor;
