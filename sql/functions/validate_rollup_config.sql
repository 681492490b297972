create or replace function rollup.validate_rollup_config(p_name text default null)
returns table (rollup_name text, problem text, hint text) language plpgsql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' as $$
declare
  v_config rollup.timeseries_rollup_config;
  v_deploy text := 'Deploy the definition again: `pulumi up` repairs it.';
begin
  if p_name is not null and not exists (select from rollup.timeseries_rollup_config c where c.name = p_name) then
    raise exception 'rollup "%" is not configured', p_name using errcode = 'undefined_object',
      hint = 'See rollup.timeseries_operations_monitor.';
  end if;
  for v_config in select * from rollup.timeseries_rollup_config c where c.enabled and c.name = coalesce(p_name, c.name)
    order by c.name loop
    if not exists (select from pg_class c where c.oid = v_config.source_oid) then
      return query select v_config.name, format('the source %s does not exist', v_config.source_table),
        'Restore it, or delete the definition.';
      continue;
    end if;
    if rollup.contract_problem(v_config.name) is not null then
      return query select v_config.name, rollup.contract_problem(v_config.name), v_deploy;
      continue;
    end if;
    return query select v_config.name, c.problem, v_deploy from rollup.object_problems(v_config.name) c(problem);
    return query select v_config.name, p.problem, p.next_step from rollup.source_problems(v_config.name) p;
    return query select v_config.name, c.problem, 'Deploy a definition under a new name, or change the column back.'
      from rollup.column_problems(v_config.name) c(problem);
    return query select v_config.name, c.problem, v_deploy from rollup.partition_problems(v_config.name) c(problem)
      where c.problem not like '%default partition%';
    return query select v_config.name, c.problem, 'See "rows in a default partition" in docs/operations.md.'
      from rollup.partition_problems(v_config.name) c(problem)
      where c.problem like '%default partition%';
    return query
      select v_config.name, format('coverage of tier %s does not lie on its bucket boundaries: %s', t.suffix, t.coverage),
          format('select rollup.uncover(%L, ''{(,)}''), in a transaction that first takes '
            'pg_advisory_xact_lock(rollup.lock_class(), hashtext(%L)); backfill then starts over.', v_config.name, v_config.name)
        from rollup.timeseries_tier t where t.rollup = v_config.name and rollup.narrow(t.statements, t.coverage) <> t.coverage;
  end loop;
  return query select coalesce(p_name, '*'), c.problem, v_deploy from rollup.job_problems(p_name) c(problem);
end $$;
comment on function rollup.validate_rollup_config(text) is
  'What is wrong in the database with a rollup, or with all: one row a problem, with what to do. No rows: nothing was found. '
    'Compares no data; `tidemark audit` does.';
revoke all on function rollup.validate_rollup_config(text) from public;
