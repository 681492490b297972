create or replace function rollup.maintenance_step(p_step jsonb)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_source regclass := (p_step ->> 'source')::oid::regclass;
begin
  case p_step ->> 'step'
    when 'tier' then perform rollup.maintain_tier(p_step ->> 'rollup', (p_step ->> 'ordinal')::smallint);
    when 'add' then
      if rollup.partman_observe(v_source) is null then
        raise exception 'pg_partman does not manage %', v_source using errcode = 'object_not_in_prerequisite_state',
          hint = 'Deploy the definition again: `pulumi up` gives the table back to pg_partman.';
      end if;
      perform rollup.partman_premake(v_source);
    when 'drop' then
      if rollup.has_expired(v_source) then
        perform rollup.drop_expired(v_source);
      end if;
    when 'purge' then perform rollup.purge_logs();
  end case;
end $$;
comment on function rollup.maintenance_step(jsonb) is 'Does one step of rollup.maintenance_work. Leaves the session''s '
  'search_path changed.';
revoke all on function rollup.maintenance_step(jsonb) from public;
