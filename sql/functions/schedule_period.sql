create or replace function rollup.schedule_period(p_schedule text)
returns interval language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp as $$
declare
  v_field text[] := regexp_split_to_array(btrim(p_schedule), '\s+');
  v_step  integer;
begin
  if p_schedule ~* '^\s*\d+\s+seconds?\s*$' then
    return v_field[1]::integer * interval '1 second';
  elsif array_length(v_field, 1) <> 5 then
    return interval '1 day';
  elsif v_field[5] <> '*' then return interval '1 week';
  elsif v_field[3] <> '*' or v_field[4] <> '*' then return interval '31 days';
  elsif v_field[2] <> '*' then
    v_step := substring(v_field[2] from '^\*/(\d+)$');
    return coalesce(v_step * interval '1 hour', interval '1 day');
  elsif v_field[1] = '*' then return interval '1 minute';
  end if;
  v_step := substring(v_field[1] from '^\*/(\d+)$');
  return coalesce(v_step * interval '1 minute', interval '1 hour');
end $$;
comment on function rollup.schedule_period(text) is
  'About how long a pg_cron schedule ("*/5 * * * *", "30 seconds") leaves between two runs; rather too long than too short '
    'where its fields are lists.';
revoke all on function rollup.schedule_period(text) from public;
grant execute on function rollup.schedule_period(text) to pg_monitor;
