-- Not `timezone()` alone: where clocks go back over midnight (America/Havana) a local midnight happens twice and PostgreSQL
-- answers with the second, which lies after some of the day's own rows. Where clocks skip midnight (America/Asuncion) it
-- answers with the first instant after the gap, which is right. Inlined, so without a pinned search_path.
create or replace function rollup.calendar_start(p_local timestamp, p_zone text)
returns timestamptz language sql immutable strict parallel safe
return pg_catalog.timezone(p_zone, p_local) - case
    when pg_catalog.timezone(p_zone, pg_catalog.timezone(p_zone, p_local) - interval '24 hours') + interval '24 hours' > p_local
     and pg_catalog.timezone(p_zone, pg_catalog.timezone(p_zone, p_local)
       - (pg_catalog.timezone(p_zone, pg_catalog.timezone(p_zone,
         p_local) - interval '24 hours') + interval '24 hours' - p_local)) = p_local
    then pg_catalog.timezone(p_zone, pg_catalog.timezone(p_zone, p_local) - interval '24 hours') + interval '24 hours' - p_local
      else interval '0' end;
comment on function rollup.calendar_start(timestamp, text) is
  'First instant whose wall clock in zone p_zone reads p_local (a bucket boundary: a local midnight).';
grant execute on function rollup.calendar_start(timestamp, text) to public;
