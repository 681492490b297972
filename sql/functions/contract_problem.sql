create or replace function rollup.contract_problem(p_name text)
returns text language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
  select case when g.contract is distinct from rollup.contract_version() then
      format('its statements have version %s, and this engine executes version %s: it is not refreshed, and gold reads from the '
        'source what no tier covers; run pulumi up',
        coalesce(g.contract::text, 'unknown'), rollup.contract_version()) end
    from rollup.timeseries_rollup_config c
    left join rollup.generation g on g.rollup = c.name and g.live
   where c.name = p_name;
$$;
comment on function rollup.contract_problem(text) is
  'Why this engine may not execute what is stored of a rollup, as one line; null if it may, or if there is no such rollup.';
revoke all on function rollup.contract_problem(text) from public;
grant execute on function rollup.contract_problem(text) to pg_monitor;
