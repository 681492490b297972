create or replace function rollup.maintenance_work(p_name text)
returns jsonb language plpgsql stable
set search_path = pg_catalog, pg_temp as $$
declare
  v_config record;
  v_tier   record;
  v_name   text;
  v_table  text;
  v_done   oid[] := '{}';
  v_work   jsonb := '[]';
  v_partman boolean := exists (select from pg_extension where extname = 'pg_partman');
begin
  if p_name is not null and not exists (select from rollup.timeseries_rollup_config c where c.name = p_name and c.enabled) then
    raise exception 'rollup "%" is not configured', p_name using errcode = 'undefined_object',
      hint = 'See rollup.timeseries_operations_monitor.';
  end if;
  for v_config in
    select * from rollup.timeseries_rollup_config c
     where c.enabled and c.name = coalesce(p_name, c.name) order by c.name
  loop
    for v_tier in select * from rollup.timeseries_tier t
      where t.rollup = v_config.name and rollup.contract_problem(v_config.name) is null order by t.ordinal loop
      v_work := v_work || jsonb_build_object('step', 'tier', 'rollup', v_config.name, 'ordinal', v_tier.ordinal,
        'title', format('partitions of tier %s', v_tier.suffix));
    end loop;
    v_table := to_regclass(v_config.source_oid::regclass::text);
    if v_table is null or v_config.source_oid = any (v_done)
      or jsonb_typeof(v_config.definition #> '{source,partition}') is distinct from 'object' then
      continue;
    end if;
    v_done := v_done || v_config.source_oid;
    v_work := v_work || jsonb_build_object('step', 'add', 'rollup', v_config.name, 'source', v_config.source_oid::bigint,
      'title', format('coming partitions of %s', v_table));
    -- Nothing is dropped while some rollup on the source cannot be refreshed by this engine.
    continue when exists (
      select from rollup.rollups_on(v_config.source_oid) r(name) where rollup.contract_problem(r.name) is not null);
    for v_name in select rollup.rollups_on(v_config.source_oid) loop
      if v_partman and exists (select from rollup.expired_partitions(v_config.source_oid)) then
        v_work := v_work || jsonb_build_object('step', 'refresh', 'rollup', v_name);
      end if;
    end loop;
    v_work := v_work || jsonb_build_object('step', 'drop', 'rollup', v_config.name, 'source', v_config.source_oid::bigint,
      'title', format('expired partitions of %s', v_table));
  end loop;
  return v_work || jsonb_build_object('step', 'purge', 'rollup', coalesce(p_name, '*'), 'title', 'old log lines');
end $$;
comment on function rollup.maintenance_work(text) is
  'The steps of rollup.maintain_timeseries_tables, in order: tier tables; then each source that pg_partman manages: coming '
    'partitions, a refresh where some are expired, expired ones; then the logs.';
revoke all on function rollup.maintenance_work(text) from public;
