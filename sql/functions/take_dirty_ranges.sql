create or replace function rollup.take_dirty_ranges(p_name text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_ranges tstzmultirange;
begin
  with taken as (delete from rollup.dirty_range where rollup = p_name returning range)
  select range_agg(range) into v_ranges from taken;
  if v_ranges is not null then
    perform rollup.uncover(p_name, v_ranges);
  end if;
end $$;
comment on function rollup.take_dirty_ranges(text) is 'Takes truncated ranges out of coverage. The caller holds the rollup''s '
  'lock.';
revoke all on function rollup.take_dirty_ranges(text) from public;
