create or replace function rollup.object_problems(p_name text)
returns setof text language sql stable
set search_path = pg_catalog, pg_temp as $$
  with owned as (
    select o.kind, o.part, o.name, c.capture, c.source_oid
      from rollup.timeseries_rollup_config c
      join rollup.generation g on g.rollup = c.name and g.live
      join rollup.generation_object o on o.rollup = g.rollup and o.generation = g.generation
     where c.name = p_name),
  expected(kind, part, words) as (
    values ('dirty', '', 'log of dirty keys'), ('late', '', 'log of late rows'), ('capture', '', 'capture function'),
      ('job', '', 'job')
    union all
    select k.kind, t.suffix, k.words || t.suffix from rollup.timeseries_tier t
     cross join (values ('state', 'state table of tier '), ('view', 'view of tier ')) k(kind, words) where t.rollup = p_name
    union all
    select 'trigger', e.event, '' from rollup.timeseries_rollup_config c
     cross join (values ('insert', true), ('truncate', true), ('update', false), ('delete', false),
       ('move', false)) e(event, always)
     where c.name = p_name and (e.always or c.capture = 'statements')),
  captured as (  -- the source, and its partitions that are known
    select c.source_oid as relid from rollup.timeseries_rollup_config c where c.name = p_name
    union
    select k.relid from rollup.source_leaf k where k.rollup = p_name)
  select rollup.contract_problem(p_name) where rollup.contract_problem(p_name) is not null
  union all
  select case e.kind when 'trigger' then format('trigger for %s is not in the catalogue', e.part)
                     else format('the %s is not in the catalogue', e.words) end
    from expected e
   where exists (select from owned) and not exists (select from owned o where o.kind = e.kind and o.part = e.part)
  union all
  select format('%s is missing', replace(o.name, '"', ''))
    from owned o where o.kind in ('state', 'view', 'dirty', 'late') and to_regclass(o.name) is null
  union all
  select format('function %s() is missing', replace(o.name, '"', ''))
    from owned o where o.kind = 'capture' and to_regprocedure(o.name || '()') is null
  union all
  select format('trigger %I on %s is %s', o.name, r.relid::regclass, case when t.oid is null then 'missing' else 'disabled' end)
    from owned o cross join captured r
    join pg_class p on p.oid = r.relid
    left join pg_trigger t on t.tgrelid = r.relid and t.tgname = o.name
   where o.kind = 'trigger'
     and (o.part <> 'move' or r.relid = o.source_oid and p.relkind = 'p')
     -- Row capture must fire for what logical replication writes, too.
     and (t.oid is null or t.tgenabled not in ('A', case o.capture when 'rows' then 'A' else 'O' end))
   order by 1;
$$;
comment on function rollup.object_problems(text) is
  'Tables, views, functions and triggers of a rollup that are missing or disabled, one sentence each. Triggers of a source '
    'that is gone are not told.';
revoke all on function rollup.object_problems(text) from public;
