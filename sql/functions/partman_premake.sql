create or replace function rollup.partman_premake(p_parent regclass)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' set intervalstyle = 'postgres' as $$
declare
  v_observed jsonb := rollup.partman_observe(p_parent);
  v_every    interval := (v_observed ->> 'every')::interval;
  v_until    timestamptz := now() + v_every * (v_observed ->> 'premake')::integer;
  v_next     timestamptz;
  v_added    integer := 0;
begin
  select max(upper(r.range)) into v_next
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
   cross join lateral rollup.partition_range(pg_get_expr(c.relpartbound, c.oid)) as r(range)
   where i.inhparent = p_parent and isfinite(lower(r.range));
  if v_next is null then
    v_next := rollup.partman_start(v_every, now());
  end if;
  -- After a long pause: not what retention would drop at once.
  while v_next + v_every <= now() - (v_observed ->> 'retention')::interval loop
    v_next := v_next + v_every;
  end loop;
  while v_next <= v_until loop
    perform rollup.partman_add(p_parent, v_next);
    v_next := v_next + v_every;
    v_added := v_added + 1;
  end loop;
  return v_added;
end $$;
comment on function rollup.partman_premake(regclass) is
  'Adds the partitions that are missing up to premake ahead of now, without a gap, and takes their rows out of the default '
    'partition. Takes no lock if none is missing. Returns how many it added; drops nothing.';
revoke all on function rollup.partman_premake(regclass) from public;
