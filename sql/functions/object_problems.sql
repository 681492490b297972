create or replace function rollup.object_problems(p_name text)
returns setof text language sql stable
set search_path = pg_catalog, pg_temp as $$
  with owned as (
    select o.kind, o.part, o.name, c.source_oid,
           -- Those that a former release made fire as PostgreSQL's default is; row capture always had to see replication.
           c.capture = 'rows' or s.rollup is not null as always
      from rollup.timeseries_rollup_config c
      left join rollup.source_shape s on s.rollup = c.name
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
  select format('trigger %I on %s is %s', o.name, r.relid::regclass, case when t.oid is null then 'missing'
           when t.tgenabled = 'D' then 'disabled' else 'not enabled ALWAYS, as one is that was disabled for a while' end)
    from owned o cross join captured r
    join pg_class p on p.oid = r.relid
    left join pg_trigger t on t.tgrelid = r.relid and t.tgname = o.name
   where o.kind = 'trigger'
     and (o.part <> 'move' or r.relid = o.source_oid and p.relkind = 'p')
     and (t.oid is null or t.tgenabled not in ('A', case when o.always then 'A' else 'O' end))
  union all
  select format('trigger %I on %s was replaced by hand', o.name, r.relid::regclass)
    from owned o cross join captured r join pg_trigger t on t.tgrelid = r.relid and t.tgname = o.name
    join rollup.source_shape s on s.rollup = p_name
   where o.kind = 'trigger' and (t.tgfoid <> s.capture_oid or t.tgqual is not null and o.part <> 'move'
     or t.tgtype <> s.trigger_types[array_position(s.triggers, o.name)])
  union all
  select format('trigger %I on %s logs every change a second time', t.tgname, r.relid::regclass)
    from captured r join rollup.source_shape s on s.rollup = p_name
    join pg_trigger t on t.tgrelid = r.relid and t.tgfoid = s.capture_oid
   where t.tgname not in (select o.name from owned o where o.kind = 'trigger')
   order by 1;
$$;
comment on function rollup.object_problems(text) is
  'Tables, views, functions and triggers of a rollup that are missing or disabled, one sentence each. Triggers of a source '
    'that is gone are not told.';
revoke all on function rollup.object_problems(text) from public;
