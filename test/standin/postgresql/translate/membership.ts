/**
 * What the provider does before it touches what others own: a login that is no superuser becomes a member of the owners,
 * unless it is one that may `set role` to them, and leaves again afterwards. The owners are told by a query, and the ones
 * that were joined are kept in a setting of the session.
 */
export function joining(owners: string): string {
  return `do $join$
declare
  v_owner text;
  v_joined text[] := '{}';
begin
  if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    for v_owner in
      select distinct o.name from (${owners}) o(name) join pg_catalog.pg_roles r on r.rolname = o.name
       where not r.rolsuper and o.name <> current_user
         and not exists (select from pg_catalog.pg_auth_members m
                          where m.roleid = r.oid and m.member = (select u.oid from pg_catalog.pg_roles u where u.rolname = current_user)
                            and coalesce((to_jsonb(m) ->> 'set_option')::boolean, true))
    loop
      execute format('grant %I to %I', v_owner, current_user);
      v_joined := v_joined || v_owner;
    end loop;
  end if;
  perform set_config('standin.joined', v_joined::text, false);
end $join$`;
}

/** Undoes what \`joining\` did. */
export const LEAVING = `do $leave$
declare
  v_owner text;
begin
  foreach v_owner in array coalesce(nullif(current_setting('standin.joined', true), ''), '{}')::text[] loop
    execute format('revoke %I from %I', v_owner, current_user);
  end loop;
  perform set_config('standin.joined', '{}', false);
end $leave$`;

/** Owner of a schema; that of \`public\` is whoever owns the database. */
export function schemaOwner(schema: string): string {
  return `select case when u.rolname = 'pg_database_owner' then d.rolname else u.rolname end::text
    from pg_catalog.pg_namespace n join pg_catalog.pg_roles u on u.oid = n.nspowner
    cross join (select r.rolname from pg_catalog.pg_database b join pg_catalog.pg_roles r on r.oid = b.datdba
                 where b.datname = current_database()) d where n.nspname = ${schema}`;
}

export function tableOwners(schema: string): string {
  return `select tableowner::text from pg_catalog.pg_tables where schemaname = ${schema}`;
}
