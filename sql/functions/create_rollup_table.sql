create or replace function rollup.create_rollup_table(
  source_table_name text default null, target_table_name text default null, rollup_interval text default null,
    look_back_window text default null)
returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'a rollup is created from a definition file in YAML, not by this function'
    using errcode = 'feature_not_supported',
      detail = format('Asked for: %s every %s, from %s.', coalesce(target_table_name, 'a rollup'), coalesce(rollup_interval,
        'an interval'), coalesce(source_table_name, 'a table')),
      hint = 'Write rollups/<name>.yaml, check it with `npx tidemark validate`, and deploy it with `pulumi up`. No look-back '
        'window is needed: late rows are captured whenever they come.';
end $$;
comment on function rollup.create_rollup_table(text, text, text, text) is
  'Always raises feature_not_supported: a rollup is created by a definition file and a deployment.';
revoke all on function rollup.create_rollup_table(text, text, text, text) from public;
