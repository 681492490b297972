create or replace function rollup.lock_class()
returns integer language sql immutable parallel safe return 7114;
comment on function rollup.lock_class() is 'First key of the advisory locks that serialize work on one rollup; the second is '
  'hashtext(name).';
revoke all on function rollup.lock_class() from public;
grant execute on function rollup.lock_class() to pg_monitor;
