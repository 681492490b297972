create or replace function rollup.object_problems(p_name text)
returns setof text language sql stable
set search_path = pg_catalog, pg_temp as $$
  select format('%s is missing', n.name) from rollup.timeseries_tier t
   cross join lateral (values (format('silver.%I', t.rollup || '_' || t.suffix)), (format('gold.%I', t.rollup || '_' || t.suffix))) n(name)
   where t.rollup = p_name and to_regclass(n.name) is null
  union all
  select format('rollup.%I is missing', n.name) from unnest(array['dirty_' || p_name, 'late_' || p_name]) n(name)
   where to_regclass(format('rollup.%I', n.name)) is null
  union all
  select format('function rollup.%I() is missing', 'capture_' || p_name) where to_regprocedure(format('rollup.%I()', 'capture_' || p_name)) is null
  union all
  select format('trigger %I on %s is %s', w.name, r.relid::regclass, case when t.oid is null then 'missing' else 'disabled' end)
    from rollup.timeseries_rollup_config c
   cross join lateral (select c.source_oid as relid union select k.relid from rollup.source_leaf k where k.rollup = c.name) r
    join pg_class p on p.oid = r.relid
   cross join lateral (select s || c.name as name from unnest(case c.capture when 'rows' then array['rollup_i_', 'rollup_t_']
      else array['rollup_i_', 'rollup_u_', 'rollup_d_', 'rollup_t_'] || case when p.relkind = 'p' then array['rollup_m_'] else '{}' end end) s
      where s <> 'rollup_m_' or r.relid = c.source_oid) w
    left join pg_trigger t on t.tgrelid = r.relid and t.tgname = w.name
   where c.name = p_name and (t.oid is null or t.tgenabled not in ('A', case c.capture when 'rows' then 'A' else 'O' end));
$$;
comment on function rollup.object_problems(text) is 'Tables, views, functions and triggers of a rollup that are missing or disabled, one sentence each.';
revoke all on function rollup.object_problems(text) from public;
