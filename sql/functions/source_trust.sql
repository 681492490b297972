-- Every reader of a gold view asks this once. No exception block: it would fail in a parallel query.
create or replace function rollup.source_trust(p_name text)
returns text language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp as $$
declare
  v         record;
  v_renamed boolean := false;
  v_firing  bigint;
  v_leaves  bigint;
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
  -- One condition after the other, the cheap ones first: a single expression would set up all its queries each time.
  if v.relpersistence = 'u' then
    return 'source';
  end if;
  if v.relhassubclass and v.relkind = 'r' then
    if exists (select from pg_inherits where inhparent = v.source_oid) then return 'source'; end if;
  end if;
  -- Of ours, only the row trigger before an update (its type has the bits of 19) has a condition.
  select count(distinct t.tgtype) into v_firing from pg_trigger t
   where t.tgrelid = v.source_oid and t.tgenabled = 'A' and t.tgfoid = v.capture_oid
     and t.tgtype = any (v.trigger_types) and (t.tgqual is null or t.tgtype & 19 = 19);
  if v_firing < cardinality(v.triggers) then
    return 'source';
  end if;
  if v.relkind = 'p' then
    select count(*) into v_firing from rollup.source_leaf k
      join pg_class l on l.oid = k.relid and l.relispartition
      join pg_trigger t on t.tgrelid = l.oid
     where k.rollup = p_name and t.tgenabled = 'A' and t.tgfoid = v.capture_oid
       and t.tgtype = any (v.trigger_types) and (t.tgqual is null or t.tgtype & 19 = 19);
    select count(*) into v_leaves from rollup.source_leaf k join pg_class l on l.oid = k.relid and l.relispartition
     where k.rollup = p_name;
    if v_firing < v_leaves * cardinality(v.triggers) then
      return 'source';
    end if;
  end if;
  if array_remove(v.expressions, null) <> '{}' then
    if v.expressions <> rollup.column_expressions(v.source_oid, v.attnums) then return 'source'; end if;
  end if;
  if v.capture = 'statements' then
    if exists (select from pg_subscription_rel r
                where r.srrelid = v.source_oid
                   or r.srrelid in (select k.relid from rollup.source_leaf k where k.rollup = p_name)) then
      return 'source';
    end if;
  end if;
  return 'coverage';
end $$;
comment on function rollup.source_trust(text) is
  'Where a gold view may read: "coverage", as the tiers cover; "source", since changes may have passed no trigger (one was '
  'disabled, an inheritance child, a subscription, an unlogged table, another expression of a generated column); "names", since '
  'the name of the source or of a column means another one now.';
grant execute on function rollup.source_trust(text) to public;
