create or replace function rollup.follow_source(p_name text)
returns boolean language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  v_config  rollup.timeseries_rollup_config;
  v_trust   text := rollup.source_trust(p_name);
  v_wait    text := current_setting('lock_timeout');
  v_problem record;
  v_missing boolean;
begin
  select * into strict v_config from rollup.timeseries_rollup_config where name = p_name;
  v_missing := exists (
    select from rollup.source_shape s cross join unnest(s.names) n
     where s.rollup = p_name and not exists (
       select from pg_attribute a where a.attrelid = v_config.source_oid and a.attname = n and not a.attisdropped));
  -- The rule, cheaply: all is as recorded, no name is missing, no row is hidden.
  if v_trust = 'coverage' and not v_missing
     and not exists (select from pg_class k where k.oid = v_config.source_oid and k.relrowsecurity) then
    return true;
  end if;
  -- Statements bind names: they must not write what another table or column holds.
  select * into v_problem from rollup.source_problems(p_name) order by unseen desc limit 1;
  if v_problem.unseen then
    perform rollup.uncover(p_name, '{(,)}');
    perform rollup.log_maintenance(p_name, '55000', v_problem.problem, null, v_problem.next_step, null,
      'The rollup is not refreshed, and gold reads the source, until this is as it was.');
    return false;
  elsif v_problem.problem is not null then
    raise exception '%', v_problem.problem using errcode = 'object_not_in_prerequisite_state', hint = v_problem.next_step;
  elsif v_missing then
    raise exception '%', (select string_agg(problem, '; ') from rollup.column_problems(p_name) problem)
      using errcode = 'undefined_column',
        hint = 'Give it back its name, or deploy a definition that names the new one under a new name. Gold reads the source.';
  end if;
  if v_trust = 'coverage' then
    return true;
  end if;

  -- A capture trigger was disabled, or a generated column has another expression: all is captured again from here on.
  perform set_config('lock_timeout', '1s', true);
  perform rollup.enable_capture(p_name);
  perform set_config('lock_timeout', v_wait, true);
  perform rollup.uncover(p_name, '{(,)}');
  perform rollup.record_source(p_name);
  perform rollup.log_maintenance(p_name, '01000',
    format('changes of %s may have passed no capture trigger: everything is aggregated anew', v_config.source_table),
    'A capture trigger was disabled or missing for a while, or a generated column was given another expression.', null, null,
    'The triggers are enabled again. Gold reads the source where it is not aggregated yet.');
  return true;
end $$;
comment on function rollup.follow_source(text) is
  'Before a refresh writes: compares the source with what was recorded at deployment (rollup.source_trust). Enables capture '
  'triggers that were disabled and starts coverage over; raises where only a deployment can mend. Returns whether the refresh '
  'may go on. The caller holds the rollup''s lock.';
revoke all on function rollup.follow_source(text) from public;
