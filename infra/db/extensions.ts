/** Extensions at the version that the server has: an upgrade of the server does not upgrade them. */
import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { MANAGED_EXTENSIONS } from './requirements';

export const CURRENT = 'current';

interface Outdated {
  readonly name: string;
  readonly installed: string;
  readonly wanted: string;
  /** Versions on the way that this server has, oldest first. */
  readonly steps: readonly string[];
}

/**
 * What is older than the server's default version, of those that the login may update (it owns them). Extensions of another
 * owner, such as a database administrator, are theirs to update.
 */
async function outdated(client: Client): Promise<readonly Outdated[]> {
  const rows = await client.query<Outdated>(
    `select e.extname as name, e.extversion as installed, a.default_version as wanted,
            -- pg_partman moves its configuration in two steps that must each be committed before the next one.
            array(select v.version::text from pg_available_extension_versions v
                  where v.name = 'pg_partman' and v.name = e.extname and e.extversion ~ '^4\\.'
                    and v.version in ('5.0.0', '5.0.1') and v.version <> a.default_version order by v.version) as steps
     from pg_extension e join pg_available_extensions a on a.name = e.extname
     where e.extname = any ($1) and e.extversion <> a.default_version
       and pg_has_role(session_user, e.extowner, 'member')
     order by e.extname`,
    [MANAGED_EXTENSIONS],
  );
  return rows.rows;
}

/** `current`, or which extensions are old. */
export async function observeExtensions(client: Client): Promise<string> {
  const old = await outdated(client);
  if (old.length === 0) return CURRENT;
  return old
    .map(({ name, installed, wanted }) => `${name} is ${installed}, the server has ${wanted}`)
    .join('; ');
}

/** Updates what is old, as the login itself: extensions belong to it and not to the role that owns the engine. */
export async function updateExtensions(client: Client): Promise<void> {
  const old = await outdated(client);
  if (old.length === 0) return;
  const found = await client.query<{ role: string }>(`select current_setting('role') as role`);
  const role = found.rows[0]?.role ?? 'none';
  await client.query('reset role');
  try {
    for (const { name, wanted, steps } of old) {
      for (const version of [...steps, wanted]) {
        await client.query(`alter extension ${escapeIdentifier(name)} update to ${escapeLiteral(version)}`);
      }
    }
    // The update from 4 to 5 makes these tables anew, without the grants they had.
    if (role !== 'none' && old.some(({ name }) => name === 'pg_partman')) {
      await client.query(
        `grant select, insert, update, delete on partman.part_config, partman.part_config_sub to ${escapeIdentifier(role)}`,
      );
    }
  } finally {
    await client.query(`select set_config('role', $1, false)`, [role]);
  }
}
