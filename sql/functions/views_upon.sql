create or replace function rollup.views_upon(p_view regclass)
returns table (view regclass, depth integer) language sql stable
set search_path = pg_catalog, pg_temp as $$
  with recursive upon(oid, depth) as (
    select p_view::oid, 0
    union
    select w.ev_class, u.depth + 1
      from upon u
      join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = u.oid and d.classid = 'pg_rewrite'::regclass
      join pg_rewrite w on w.oid = d.objid and w.ev_class <> u.oid
  )
  select u.oid::regclass, max(u.depth) from upon u group by u.oid
$$;
comment on function rollup.views_upon(regclass) is
  'A view (depth 0), and all that read it, directly or through others: the greater the depth, the earlier it has to be dropped.';
revoke all on function rollup.views_upon(regclass) from public;
