/** Extensions at the version that the server has: an upgrade of the server does not upgrade them. */
import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { MANAGED_EXTENSIONS } from './requirements';

export const CURRENT = 'current';

const PARTMAN = 'pg_partman';
/** pg_partman moves its configuration in two steps that must each be committed before the next one. */
const STEPS = ['5.0.0', '5.0.1'];

interface Outdated {
  readonly name: string;
  readonly installed: string;
  readonly wanted: string;
}

/**
 * What is older than the server's default version, of those that the login may update (it owns them). Extensions of another
 * owner, such as a database administrator, are theirs to update.
 */
async function outdated(client: Client): Promise<readonly Outdated[]> {
  const rows = await client.query<Outdated>(
    `select e.extname as name, e.extversion as installed, a.default_version as wanted
     from pg_extension e join pg_available_extensions a on a.name = e.extname
     where e.extname = any ($1) and e.extversion <> a.default_version
       and pg_has_role(session_user, e.extowner, 'member')
     order by e.extname`,
    [MANAGED_EXTENSIONS],
  );
  return rows.rows;
}

/** The versions to update to, one after the other. A server lists as available only versions that it could install anew. */
async function versions(client: Client, { name, installed, wanted }: Outdated): Promise<readonly string[]> {
  if (name !== PARTMAN) return [wanted];
  const found = await client.query<{ path: string | null }>(
    'select path from pg_extension_update_paths($1) where source = $2 and target = $3',
    [name, installed, wanted],
  );
  const passed = found.rows[0]?.path?.split('--').slice(1, -1) ?? [];
  return [...passed.filter((version) => STEPS.includes(version)), wanted];
}

/**
 * Tables of pg_partman that a role may not use, of those that the login may grant: the update from 4 to 5 makes them anew,
 * without the grants they had, and may be cut off before it gets to granting.
 */
async function ungranted(client: Client, role: string): Promise<readonly string[]> {
  if (role === 'none') return [];
  const found = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
     where c.oid = any (array[to_regclass('partman.part_config'), to_regclass('partman.part_config_sub')])
       and pg_has_role(session_user, c.relowner, 'member')
       and not (select bool_and(has_table_privilege($1, c.oid, p)) from unnest('{select,insert,update,delete}'::text[]) p)
     order by 1`,
    [role],
  );
  return found.rows.map(({ name }) => name);
}

async function currentRole(client: Client): Promise<string> {
  const found = await client.query<{ role: string }>(`select current_setting('role') as role`);
  return found.rows[0]?.role ?? 'none';
}

/** `current`, or which extensions are old, or not open to the role that works with them. */
export async function observeExtensions(client: Client): Promise<string> {
  const role = await currentRole(client);
  const closed = await ungranted(client, role);
  const told = (await outdated(client)).map(
    ({ name, installed, wanted }) => `${name} is ${installed}, the server has ${wanted}`,
  );
  if (closed.length > 0) told.push(`${role} has no rights on ${closed.join(' and ')}`);
  return told.length === 0 ? CURRENT : told.join('; ');
}

/**
 * Updates what is old, as the login itself: extensions belong to it and not to the role that owns the engine. Done again
 * after a loss of the connection, it goes on where it was.
 */
export async function updateExtensions(client: Client): Promise<void> {
  const role = await currentRole(client);
  const old = await outdated(client);
  if (old.length === 0 && (await ungranted(client, role)).length === 0) return;
  const takeBack = () => client.query(`select set_config('role', $1, false)`, [role]);
  await client.query('reset role');
  try {
    for (const extension of old) {
      for (const version of await versions(client, extension)) {
        const name = escapeIdentifier(extension.name);
        await client.query(`alter extension ${name} update to ${escapeLiteral(version)}`);
      }
    }
    const closed = await ungranted(client, role);
    if (closed.length > 0) {
      await client.query(
        `grant select, insert, update, delete on ${closed.join(', ')} to ${escapeIdentifier(role)}`,
      );
    }
  } catch (error) {
    // Where the connection is lost this fails, too, and the first error is the one to tell.
    await takeBack().catch(() => undefined);
    throw error;
  }
  await takeBack();
}
