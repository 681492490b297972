create or replace function rollup.source_problems(p_name text)
returns table (problem text, next_step text, unseen boolean) language sql stable
set search_path = pg_catalog, pg_temp as $$
  select p.problem, p.next_step, p.unseen
    from rollup.timeseries_rollup_config c join pg_class k on k.oid = c.source_oid
    left join rollup.source_shape s on s.rollup = c.name
   cross join lateral (
      select format('the name %s belongs to another table than when the rollup was deployed', c.source_table),
             'Run pulumi up: coverage then starts over. Until then gold reads the table that has the name.', false
       where s.rollup is not null and to_regclass(c.source_table) <> c.source_oid::regclass
      union all
      select format('the column %I of %s is another one than when the rollup was deployed', n.name, c.source_table),
             'Run pulumi up: coverage then starts over. Until then gold reads the column that has the name.', false
        from unnest(s.names, s.attnums) n(name, attnum)
        join pg_attribute a on a.attrelid = k.oid and a.attname = n.name and a.attnum <> n.attnum and not a.attisdropped
      union all
      select format('the source %s is now unlogged, so that a crash empties it', c.source_table),
             format('Run: alter table %s set logged', c.source_table), true where k.relpersistence = 'u'
      union all
      select format('the source %s now has the inheritance child %s, whose changes pass no trigger of its parent',
               c.source_table, i.inhrelid::regclass),
             format('Run: alter table %s no inherit %s', i.inhrelid::regclass, c.source_table), true
        from pg_inherits i where i.inhparent = k.oid and k.relkind = 'r'
      union all
      select format('logical replication now writes %s, and passes no statement trigger', r.srrelid::regclass),
             'Set `source.capture: rows` in the definition and run pulumi up.', true
        from pg_subscription_rel r
       where c.capture = 'statements'
         and (r.srrelid = k.oid or r.srrelid in (select s.relid from rollup.source_leaf s where s.rollup = p_name))
      union all
      -- Silver is right, and what is dirty cannot be recomputed.
      select format('row-level security of the source %s now hides rows from refreshes', c.source_table),
             format('Run: alter table %s no force row level security', c.source_table), false
       where k.relrowsecurity and (k.relforcerowsecurity or not pg_has_role(k.relowner, 'usage'))
         and not (select r.rolbypassrls or r.rolsuper from pg_roles r where r.rolname = current_user)
    ) p(problem, next_step, unseen)
   where c.name = p_name;
$$;
comment on function rollup.source_problems(text) is
  'What was done to a rollup''s source after its deployment that a deployment refuses: one row each, with what to do, and '
  'whether changes can pass unseen.';
revoke all on function rollup.source_problems(text) from public;
