create or replace function rollup.view_obstacle(p_view regclass)
returns text language sql stable
set search_path = pg_catalog, pg_temp as $$
  with upon as materialized (
    select c.oid, c.reltype, c.relkind, c.relowner from rollup.views_upon(p_view) u join pg_class c on c.oid = u.view
  ), obstacle(name) as (
    select u.oid::regclass::text from upon u where u.relkind <> 'v' or not pg_has_role(u.relowner, 'usage')
    union all
    select pg_describe_object(d.classid, d.objid, d.objsubid)
      from upon u
      join pg_depend d on (d.refclassid = 'pg_class'::regclass and d.refobjid = u.oid)
                       or (d.refclassid = 'pg_type'::regclass
                           and d.refobjid in (select t.oid from pg_type t where t.oid = u.reltype or t.typelem = u.reltype))
     where d.classid <> 'pg_rewrite'::regclass
       and not (d.classid = 'pg_type'::regclass and d.deptype = 'i')
  )
  select min(o.name) from obstacle o
$$;
comment on function rollup.view_obstacle(regclass) is
  'Something that depends on a view and could not be made again after it, such as a materialized view or a trigger. Null: there '
    'is none.';
revoke all on function rollup.view_obstacle(regclass) from public;
