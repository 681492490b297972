create or replace function rollup.sync_leaves(p_name text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' as $$
declare
  v_config  rollup.timeseries_rollup_config;
  v_leaf    record;
  v_loaded  boolean;
  v_coarse  jsonb;
  v_back    tstzmultirange;
  v_held    tstzmultirange;
  v_wait    text := current_setting('lock_timeout');
begin
  select * into strict v_config from rollup.timeseries_rollup_config where name = p_name;
  -- A table without partitions, now and before, has nothing to follow.
  if isempty(v_config.sealed)
     and not exists (select from pg_class c where c.oid = v_config.source_oid and c.relkind = 'p')
     and not exists (select from rollup.source_leaf k where k.rollup = p_name) then
    return;
  end if;
  select statements into strict v_coarse from rollup.timeseries_tier where rollup = p_name order by ordinal desc limit 1;

  -- A coarse bucket that was open when a part of it was sealed, and has been aggregated since.
  if not isempty(v_config.sealed) then perform rollup.seal(p_name, v_config.sealed); end if;

  -- Those that are gone first: what is left of them must be sealed before a new partition in their place is aggregated.
  for v_leaf in
    select k.relid, k.range from rollup.source_leaf k
     where k.rollup = p_name
       and not exists (select from pg_partition_tree(v_config.source_oid) l where l.relid = k.relid)
     order by k.range = tstzrange('-infinity', null)
  loop
    v_held := rollup.held_ranges(v_config.source_oid, v_leaf.range);
    -- Where rows of these times are still, or again, in other partitions, they are aggregated again: after a default, list
    -- or hash partition, or one that others replaced.
    perform rollup.uncover(p_name, v_held);
    perform rollup.seal(p_name, tstzmultirange(v_leaf.range) - v_held);
    begin
      perform set_config('lock_timeout', '1s', true);
      perform rollup.drop_capture_triggers(p_name, v_leaf.relid);
      perform set_config('lock_timeout', v_wait, true);
    exception
      when lock_not_available then
        continue;  -- detached, and somebody uses it: the next refresh tries again
      when insufficient_privilege then
        null;  -- somebody else's table: its owner may drop them
    end;
    delete from rollup.source_leaf where rollup = p_name and relid = v_leaf.relid;
  end loop;

  for v_leaf in
    select l.relid, l.isleaf, (
        -- Of a partition's partition: what all its levels allow.
        select range_intersect_agg(rollup.partition_range(pg_get_expr(a.relpartbound, a.oid)))
          from pg_partition_ancestors(l.relid) p join pg_class a on a.oid = p.relid) as range
      from pg_partition_tree(v_config.source_oid) l join pg_class c on c.oid = l.relid
     where c.relispartition and l.relid <> v_config.source_oid and c.relkind in ('r', 'p')
       and not exists (select from rollup.source_leaf k where k.rollup = p_name and k.relid = l.relid)
  loop
    begin
      -- For this lock only: others that the refresh needs are shared, so it may wait for those.
      perform set_config('lock_timeout', '1s', true);
      perform rollup.create_capture_triggers(p_name, v_leaf.relid);
      perform set_config('lock_timeout', v_wait, true);
    exception when lock_not_available then
      continue;  -- a long writer holds it: readers go to the source for this partition until a later refresh gets it
    end;
    insert into rollup.source_leaf (rollup, relid, range) values (p_name, v_leaf.relid, v_leaf.range);
    -- Attached with rows in it: they passed no trigger. A range that had been sealed has its rows again. Rows that did come
    -- through the triggers wait in the late log: they are additions to what is sealed. Whole buckets only: of one at the
    -- edge, other rows are still gone. A default, list or hash partition says nothing about times, so it brings none back.
    select sealed * rollup.narrow(v_coarse, tstzmultirange(v_leaf.range)) into strict v_back
      from rollup.timeseries_rollup_config where name = p_name;
    if v_leaf.isleaf and not isempty(v_back) and v_leaf.range <> tstzrange('-infinity', null) then
      execute format('select (select count(*) from %s where %I <@ $1) > '
          '(select coalesce(sum(row_count), 0) from %s where bucket <@ $1)',
        v_leaf.relid::regclass, v_config.time_column, rollup.object_name(p_name, 'late')) into v_loaded using v_back;
      if v_loaded then
        update rollup.timeseries_rollup_config set sealed = sealed - v_back where name = p_name;
        execute format('delete from %s where bucket <@ $1', rollup.object_name(p_name, 'late')) using v_back;
      end if;
    end if;
    -- Also where it is empty now: rows may have come and gone again before the triggers were there.
    perform rollup.uncover(p_name, tstzmultirange(v_leaf.range));
  end loop;
end $$;
comment on function rollup.sync_leaves(text) is
  'Follows the source''s partitions: new ones get capture triggers (and are aggregated, if they were attached with rows), the '
    'ranges of those that are gone are sealed. The caller holds the rollup''s lock.';
revoke all on function rollup.sync_leaves(text) from public;
