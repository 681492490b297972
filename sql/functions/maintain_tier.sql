create or replace function rollup.maintain_tier(p_name text, p_ordinal smallint)
returns void language plpgsql
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, MDY' as $$
declare
  v_table    regclass;
  v_default  regclass;
  v_from     timestamptz;
  v_start    timestamptz;
  v_observed jsonb;
begin
  perform set_config('lock_timeout', '60s', true);
  perform pg_advisory_xact_lock(rollup.lock_class(), hashtext(p_name));
  perform set_config('lock_timeout', '3s', true);
  perform rollup.advance_retention(p_name);
  select to_regclass(rollup.object_name(t.rollup, 'state', t.suffix)), t.retained_from into v_table, v_from
    from rollup.timeseries_tier t where t.rollup = p_name and t.ordinal = p_ordinal;
  if (select c.relkind from pg_class c where c.oid = v_table) is distinct from 'p' then return; end if;
  v_observed := rollup.partman_observe(v_table);
  if v_observed is null then
    raise exception 'pg_partman does not manage %', v_table using errcode = 'object_not_in_prerequisite_state',
      hint = 'Deploy the definition again: `pulumi up` gives the table back to pg_partman.';
  end if;

  v_default := rollup.default_partition(v_table);
  if v_default is not null then
    execute format('delete from only %s where bucket < $1', v_default) using v_from;
    loop
      execute format('select min(bucket) from only %s where bucket < $1', v_default) into v_start using now();
      exit when v_start is null;
      perform rollup.partman_add(v_table, rollup.partition_start(v_table, (v_observed ->> 'every')::interval, v_start));
    end loop;
  end if;
  perform rollup.partman_premake(v_table);
  perform rollup.partman_drop_before(v_table, v_from);
end $$;
comment on function rollup.maintain_tier(text, smallint) is
  'Partitions of one tier''s table: moves its retained_from on, gives rows of the default partition a partition, adds coming '
    'ones and drops those wholly before retained_from. A plain table is left alone. Leaves the session''s search_path changed.';
revoke all on function rollup.maintain_tier(text, smallint) from public;
