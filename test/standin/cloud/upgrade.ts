/**
 * A major upgrade: what pg_upgrade carries over, here by dump and restore. Extensions stay at their old version until
 * somebody updates them, as after pg_upgrade; of those that are tested only pg_partman differs so much that it shows.
 * Unlike pg_upgrade, a dump gives every table a new object id.
 */
import { chown, readFile, writeFile } from 'node:fs/promises';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { ADMIN_ROLE } from '../../../infra/local/postgres/state';
import { attempt, isRoot, run } from '../../../infra/process/command';
import type { PrivatePostgres } from './postgres';

/** Moves roles, databases and their contents from one running server to another, empty one. */
export async function carryOver(from: PrivatePostgres, to: PrivatePostgres): Promise<void> {
  const globals = await dumped(from, to, 'pg_dumpall', ['--globals-only']);
  const own = new RegExp(`^(CREATE|ALTER) ROLE ${ADMIN_ROLE}\\b.*$`, 'gm');
  await restore(to, globals.replace(own, ''));
  const databases = await from.asAdmin('postgres', async (client) => {
    const { rows } = await client.query<{ name: string; owner: string }>(
      'select datname::text as name, pg_get_userbyid(datdba)::text as owner from pg_database where not datistemplate',
    );
    return rows;
  });
  for (const { name, owner } of databases) {
    if (name === 'postgres') {
      await to.asAdmin(name, (client) =>
        client.query(`alter database postgres owner to ${escapeIdentifier(owner)}`),
      );
      continue;
    }
    const text = await dumped(from, to, 'pg_dump', ['--create', `--dbname=${name}`]);
    await restore(to, await withOldPartman(from, name, withNewCron(text)));
    await ownExtensions(from, to, name);
  }
}

/** The newer version's program dumps, as pg_upgrade would. The password travels in a file. */
async function dumped(
  from: PrivatePostgres,
  to: PrivatePostgres,
  program: string,
  options: readonly string[],
): Promise<string> {
  const passwords = await privateFile(to, 'passwords', `*:*:*:${ADMIN_ROLE}:${passwordOf(from)}\n`);
  const output = to.file(`${program}.sql`);
  const [database = 'postgres'] = options.flatMap((option) => /^--dbname=(.*)/.exec(option)?.[1] ?? []);
  const place = `host=127.0.0.1 port=${from.port} user=${ADMIN_ROLE} dbname='${database}' passfile=${passwords}`;
  const rest = options.filter((option) => !option.startsWith('--dbname='));
  await privateFile(to, `${program}.sql`, '');
  await run(
    `Dumping ${database}`,
    to.program(program, ['-d', place, '-f', output.inside, '--no-password', ...rest]),
  );
  return readFile(output.outside, 'utf8');
}

async function restore(to: PrivatePostgres, text: string): Promise<void> {
  const passwords = await privateFile(to, 'passwords', `*:*:*:${ADMIN_ROLE}:${passwordOf(to)}\n`);
  const file = await privateFile(to, 'restore.sql', text);
  const place = `host=127.0.0.1 port=${to.port} user=${ADMIN_ROLE} dbname=postgres passfile=${passwords}`;
  const command = to.program('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', place, '-f', file]);
  const { code, output } = await attempt(command);
  if (code !== 0)
    throw new Error(`The stand-in could not restore: ${/^.*ERROR.*$/m.exec(output)?.[0] ?? output}`);
}

function passwordOf(server: PrivatePostgres): string {
  return new URL(server.adminUrl('postgres')).password;
}

/** A file that the server's account can use; its path as that account sees it. */
async function privateFile(server: PrivatePostgres, name: string, text: string): Promise<string> {
  const { outside, inside } = server.file(name);
  await writeFile(outside, text, { mode: 0o600 });
  if (isRoot()) await chown(outside, server.account.uid, server.account.gid);
  return inside;
}

/** Newer versions of pg_cron live in another schema, and some of their functions take other types. */
function withNewCron(text: string): string {
  return text
    .replace(/^(CREATE EXTENSION IF NOT EXISTS pg_cron WITH SCHEMA) \w+;$/m, '$1 pg_catalog;')
    .replace(/^(GRANT|REVOKE) .* ON FUNCTION cron\..*;$/gm, '');
}

const CREATE_PARTMAN = /^CREATE EXTENSION IF NOT EXISTS pg_partman WITH SCHEMA (\w+);$/m;

/** In the place of today's pg_partman the one that was installed: its own script, and the objects made its members. */
async function withOldPartman(from: PrivatePostgres, database: string, text: string): Promise<string> {
  const schema = CREATE_PARTMAN.exec(text)?.[1];
  if (schema === undefined) return text;
  const { owner, version } = await from.asAdmin(database, async (client) => {
    const { rows } = await client.query<{ owner: string; version: string }>(
      `select pg_get_userbyid(extowner)::text as owner, extversion as version from pg_extension where extname = 'pg_partman'`,
    );
    return rows[0] ?? { owner: ADMIN_ROLE, version: '' };
  });
  const script = await readFile(from.extensionFile(`pg_partman--${version}.sql`), 'utf8');
  const kept = [...script.matchAll(/pg_extension_config_dump\('(?:@extschema@\.)?(\w+)'/g)].map(
    ([, table]) => table,
  );
  const body = script
    .replace(/^\\echo.*$/gm, '')
    .replace(/^SELECT pg_catalog\.pg_extension_config_dump\(.*$/gm, '')
    .replaceAll('@extschema@', schema);
  const role = escapeIdentifier(owner);
  return text.replace(
    CREATE_PARTMAN,
    () => `
set search_path = ${schema}, pg_catalog;
${body}
insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion, extconfig, extcondition)
select pg_nextoid('pg_extension', 'oid', 'pg_extension_oid_index'), 'pg_partman', ${escapeLiteral(owner)}::regrole,
  ${escapeLiteral(schema)}::regnamespace, false, ${escapeLiteral(version)},
  array[${kept.map((table) => `'${schema}.${table}'::regclass::oid`).join(', ')}],
  array[${kept.map(() => "''").join(', ')}];
do $members$
declare v_object record;
begin
  for v_object in
    select case prokind when 'p' then 'procedure' else 'function' end as kind, oid::regprocedure::text as name
      from pg_proc where pronamespace = '${schema}'::regnamespace
    union all select case relkind when 'v' then 'view' else 'table' end, oid::regclass::text
      from pg_class where relnamespace = '${schema}'::regnamespace and relkind in ('r', 'v')
    union all select 'type', t.oid::regtype::text
      from pg_type t join pg_class c on c.oid = t.typrelid
      where t.typnamespace = '${schema}'::regnamespace and c.relkind = 'c'
  loop
    execute format('alter %s %s owner to ${role}', v_object.kind, v_object.name);
    execute format('alter extension pg_partman add %s %s', v_object.kind, v_object.name);
  end loop;
end $members$;
select pg_catalog.set_config('search_path', '', false);
`,
  );
}

/** A dump does not say who owns an extension. */
async function ownExtensions(from: PrivatePostgres, to: PrivatePostgres, database: string): Promise<void> {
  const { rows } = await from.asAdmin(database, (client) =>
    client.query<{ name: string; owner: string }>(
      'select extname::text as name, pg_get_userbyid(extowner)::text as owner from pg_extension',
    ),
  );
  await to.asAdmin(database, async (client) => {
    for (const { name, owner } of rows) await client.query(OWN_EXTENSION, [name, owner]);
  });
}

/** There is no `alter extension … owner`. */
export const OWN_EXTENSION = `with changed as (
    update pg_extension set extowner = $2::text::regrole where extname = $1 and extowner <> $2::text::regrole returning oid),
  gone as (
    delete from pg_shdepend d using changed c where d.classid = 'pg_extension'::regclass and d.objid = c.oid and d.deptype = 'o')
  insert into pg_shdepend (dbid, classid, objid, objsubid, refclassid, refobjid, deptype)
  select (select oid from pg_database where datname = current_database()), 'pg_extension'::regclass, oid, 0,
    'pg_authid'::regclass, $2::text::regrole, 'o' from changed`;
