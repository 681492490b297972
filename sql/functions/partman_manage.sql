-- Without a pinned search_path, since pg_partman sets the session's own, which outlives a pin; it is set and restored here.
create or replace function rollup.partman_manage(
  p_parent regclass, p_control text, p_every interval, p_start timestamptz, p_retention interval, p_premake integer default 4)
returns void language plpgsql
set timezone = 'UTC' set datestyle = 'ISO, MDY' set intervalstyle = 'postgres' as $$
declare
  v_path  text := pg_catalog.current_setting('search_path');
  v_name  text;
  v_every text;
begin
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  perform rollup.partman_major();
  perform rollup.partman_check_parent(p_parent, p_control);
  v_name := rollup.partman_name(p_parent);
  -- What is configured for a table of this name that was dropped by hand is of no use to the one that took its place.
  if not exists (select from pg_inherits where inhparent = p_parent) then
    perform rollup.partman_forget(p_parent);
  end if;
  select p.partition_interval::interval::text into v_every from partman.part_config p where p.parent_table = v_name;
  if not found then
    perform rollup.partman_create(p_parent, p_control, p_every, p_start, p_premake);
  -- As text: interval '1 month' equals '30 days'.
  elsif v_every <> p_every::text then
    raise exception '% has partitions of %, which cannot become partitions of %', p_parent, v_every, p_every
      using errcode = 'object_not_in_prerequisite_state',
        hint = format('Keep %s in the definition; or copy the table into a new one with the other partitions.', v_every);
  end if;
  -- automatic_maintenance off: rollup.maintain_timeseries_tables() runs it, since pg_partman alone would drop rows that are
  -- not aggregated yet. ignore_default_data: one row of the year 9999 would otherwise create partitions up to there.
  update partman.part_config
     set retention = p_retention::text, retention_keep_table = false, retention_keep_index = false, retention_schema = null,
         infinite_time_partitions = true, premake = p_premake, automatic_maintenance = 'off', ignore_default_data = true,
           jobmon = false
   where parent_table = v_name
     and (retention is distinct from p_retention::text or retention_keep_table or retention_keep_index
       or retention_schema is not null or not infinite_time_partitions or premake <> p_premake
       or automatic_maintenance <> 'off' or not ignore_default_data or jobmon);
  perform set_config('search_path', v_path, false);
end $$;
comment on function rollup.partman_manage(regclass, text, interval, timestamptz, interval, integer) is
  'Gives a table that is partitioned by range on p_control to pg_partman (4.7 or 5), or brings what is configured to this '
    'state: partitions of p_every in UTC, from p_start (null: p_premake before now) to p_premake ahead, dropped by '
    'rollup.maintain_timeseries_tables() once older than p_retention (null: never). Raises if it has partitions of another '
    'length.';
revoke all on function rollup.partman_manage(regclass, text, interval, timestamptz, interval, integer) from public;
