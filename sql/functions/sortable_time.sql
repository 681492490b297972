create or replace function rollup.sortable_time(p_time timestamptz)
returns text language sql immutable strict parallel safe
return case p_time when 'infinity' then 'z' when '-infinity' then ' '
  else pg_catalog.to_char(extract(epoch from p_time) * 1000000 + 300000000000000000, 'FM00000000000000000000') end;
comment on function rollup.sortable_time(timestamptz) is
  'Microseconds since 4713 BC and before, in 20 digits: texts that sort (collation C) as the times do. State of first and last '
    'over text.';
grant execute on function rollup.sortable_time(timestamptz) to public;
