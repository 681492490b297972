create or replace function rollup.replace_view(p_view text, p_create text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_view     regclass := to_regclass(p_view);
  v_obstacle text;
  v_all      jsonb;
  v_one      record;
  v_grant    text;
begin
  begin
    execute p_create;
    return;
  exception when invalid_table_definition then
    v_obstacle := rollup.view_obstacle(v_view);  -- It has other columns, or columns of other types.
  end;
  if v_obstacle is not null then
    raise exception '% has to be made anew, and % depends on it', v_view, v_obstacle
      using errcode = 'dependent_objects_still_exist', hint = 'Drop that, apply again, and create it again.';
  end if;
  select jsonb_agg(jsonb_build_object('view', c.oid::regclass::text, 'depth', u.depth, 'owner', pg_get_userbyid(c.relowner),
      'text', pg_get_viewdef(c.oid), 'options', coalesce('with (' || array_to_string(c.reloptions, ', ') || ')', ''),
      'comment', obj_description(c.oid, 'pg_class'), 'grants', g.all))
    into v_all
    from rollup.views_upon(v_view) u join pg_class c on c.oid = u.view
   cross join lateral (
     select coalesce(jsonb_agg(format('grant %s%s on %s to %s%s', a.privilege_type, ' (' || quote_ident(a.attname) || ')',
         c.oid::regclass, case when a.grantee = 0 then 'public' else a.grantee::regrole::text end,
         case when a.is_grantable then ' with grant option' else '' end)), '[]')
       from (select null::name as attname, x.* from aclexplode(c.relacl) x
             union all
             select t.attname, x.* from pg_attribute t cross join lateral aclexplode(t.attacl) x where t.attrelid = c.oid) a
      where a.grantee <> c.relowner) g("all");
  for v_one in select v.view from jsonb_to_recordset(v_all) v(view text, depth integer) order by v.depth desc loop
    execute format('drop view %s', v_one.view);
  end loop;
  for v_one in
    select v.* from jsonb_to_recordset(v_all)
      v(view text, depth integer, owner text, "text" text, options text, comment text, grants jsonb) order by v.depth
  loop
    if v_one.depth = 0 then
      execute p_create;
    else
      execute format('create view %s %s as %s', v_one.view, v_one.options, v_one.text);
      execute format('comment on view %s is %L', v_one.view, v_one.comment);
    end if;
    if v_one.owner <> current_user then
      execute format('alter view %s owner to %I', v_one.view, v_one.owner);
    end if;
    for v_grant in select jsonb_array_elements_text(v_one.grants) loop
      begin
        execute v_grant;
      exception when undefined_column then
        null;  -- A grant on a column that is no more.
      end;
    end loop;
  end loop;
end $$;
comment on function rollup.replace_view(text, text) is
  'Runs p_create, a `create or replace view` of p_view with its comment: in place where that is possible. Otherwise the view and '
    'the views upon it are made anew, with their grants, owners and comments; raises where something else depends on them.';
revoke all on function rollup.replace_view(text, text) from public;
