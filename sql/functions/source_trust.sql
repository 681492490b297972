-- Every reader of a gold view asks this once. No exception block: it would fail in a parallel query.
create or replace function rollup.source_trust(p_name text)
returns text language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp as $$
declare
  v         record;
  v_renamed boolean := false;
begin
  select c.source_oid, c.source_table, c.enabled, c.capture, s.*, k.relkind, k.relpersistence, k.relhassubclass into v
    from rollup.source_shape s join rollup.timeseries_rollup_config c on c.name = s.rollup
    left join pg_class k on k.oid = c.source_oid
   where s.rollup = p_name;
  if not found then
    return 'coverage';
  end if;
  -- A table or a column that only has another name now is followed; one whose name another has now is not.
  if to_regclass(v.source_table) <> v.source_oid::regclass then
    return 'names';
  end if;
  for i in 1..cardinality(v.names) loop
    v_renamed := v_renamed or v.names[i] is distinct from
      (pg_identify_object_as_address('pg_class'::regclass, v.source_oid, v.attnums[i])).object_names[3];
  end loop;
  if v_renamed and rollup.names_moved(v.source_oid, v.names, v.attnums) then
    return 'names';
  end if;
  if not v.enabled then
    return 'coverage';
  end if;
  if v.relpersistence = 'u' or v.relkind = 'r' and v.relhassubclass
       and exists (select from pg_inherits where inhparent = v.source_oid)
     or rollup.firing_triggers(v.source_oid, v.triggers, v.trigger_types, v.capture_oid) < cardinality(v.triggers)
     or v.relkind = 'p' and exists (
       select from rollup.source_leaf k join pg_class l on l.oid = k.relid and l.relispartition
        where k.rollup = p_name
          and rollup.firing_triggers(k.relid, v.triggers, v.trigger_types, v.capture_oid) < cardinality(v.triggers))
     or v.expressions <> array_fill(null::text, array[cardinality(v.names)])
       and v.expressions <> rollup.column_expressions(v.source_oid, v.attnums)
     or v.capture = 'statements' and exists (
       select from pg_subscription_rel r
        where r.srrelid = v.source_oid or r.srrelid in (select k.relid from rollup.source_leaf k where k.rollup = p_name)) then
    return 'source';
  end if;
  return 'coverage';
end $$;
comment on function rollup.source_trust(text) is
  'Where a gold view may read: "coverage", as the tiers cover; "source", since changes may have passed no trigger (one was '
  'disabled, an inheritance child, a subscription, an unlogged table, another expression of a generated column); "names", since '
  'the name of the source or of a column means another one now.';
grant execute on function rollup.source_trust(text) to public;
