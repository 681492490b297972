-- PL/pgSQL with `rows 1` on purpose: unnest() is estimated at 100 ranges, which makes the planner expect to read a
-- large part of the source (and start its JIT compiler) where a reader needs the last minutes only.
create or replace function rollup.ranges(p_ranges tstzmultirange)
returns table (range tstzrange, lower_at timestamptz, upper_at timestamptz)
language plpgsql immutable strict parallel safe rows 1
set search_path = pg_catalog, pg_temp as $$
begin
  return query select r, coalesce(lower(r), '-infinity'), coalesce(upper(r), 'infinity') from unnest(p_ranges) r;
end $$;
comment on function rollup.ranges(tstzmultirange) is
  'The ranges of a multirange, each with its bounds where an unbounded side is shown as infinity. Read as lower_at <= time <= '
    'upper_at and time <@ range.';
grant execute on function rollup.ranges(tstzmultirange) to public;
