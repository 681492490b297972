create or replace function rollup.firing_triggers(p_table oid, p_names text[], p_types smallint[], p_function oid)
returns bigint language sql stable parallel safe
return (
  select count(*) from pg_catalog.pg_trigger t
    join unnest(p_names, p_types) n(name, type) on t.tgname = n.name::name and t.tgtype = n.type
   where t.tgrelid = p_table and t.tgenabled = 'A' and t.tgfoid = p_function
     -- Of ours, only the row trigger before an update has a condition.
     and (t.tgqual is null or t.tgtype & 19 = 19));
comment on function rollup.firing_triggers(oid, text[], smallint[], oid) is
  'How many of these triggers a table has, of these types (pg_trigger.tgtype), calling this function and enabled ALWAYS.';
revoke all on function rollup.firing_triggers(oid, text[], smallint[], oid) from public;
