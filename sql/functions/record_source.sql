create or replace function rollup.record_source(p_name text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_config   rollup.timeseries_rollup_config;
  v_triggers text[];
  v_types    smallint[];
begin
  select * into strict v_config from rollup.timeseries_rollup_config where name = p_name;
  select array_agg(t.tgname::text order by t.tgname), array_agg(t.tgtype order by t.tgname)
    into v_triggers, v_types
    from rollup.generation g join rollup.generation_object o using (rollup, generation)
    join pg_trigger t on t.tgrelid = v_config.source_oid and t.tgname = o.name
   where g.rollup = p_name and g.live and o.kind = 'trigger';
  insert into rollup.source_shape (rollup, names, attnums, types, expressions, triggers, trigger_types, capture_oid)
  select p_name, array_agg(a.attname::text order by n.place), array_agg(a.attnum order by n.place),
         array_agg(format_type(a.atttypid, a.atttypmod) order by n.place),
         rollup.column_expressions(v_config.source_oid, array_agg(a.attnum order by n.place)),
         coalesce(v_triggers, '{}'), coalesce(v_types, '{}'),
         to_regprocedure(rollup.object_name(p_name, 'capture') || '()')
    from (
      select u.name, min(u.place) as place from (
        select v_config.time_column, 0
        union all select d.column_name, d.ordinal + 1 from rollup.timeseries_dimension_config d where d.rollup = p_name
        union all select m.e ->> 'column', 1000 + m.place
          from jsonb_array_elements(v_config.definition -> 'measures') with ordinality m(e, place)) u(name, place)
       where u.name <> '*' group by u.name) n
    join pg_attribute a on a.attrelid = v_config.source_oid and a.attname = n.name and not a.attisdropped
  on conflict (rollup) do update set names = excluded.names, attnums = excluded.attnums, types = excluded.types,
    expressions = excluded.expressions, triggers = excluded.triggers, trigger_types = excluded.trigger_types,
    capture_oid = excluded.capture_oid, recorded_at = clock_timestamp();
end $$;
comment on function rollup.record_source(text) is
  'Records what the names of a rollup''s source mean now, in rollup.source_shape. The caller has just made its views and '
  'triggers, in the same transaction.';
revoke all on function rollup.record_source(text) from public;
