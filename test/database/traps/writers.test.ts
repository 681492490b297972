import { describe, expect, it } from 'vitest';
import { withDatabase } from '../../../infra/local/postgres/database';
import { installRollup, openClient } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, dirtyKeys, refresh, rollup, useDatabase, value } from '../../helpers/fixture';

describe('those who write the source', () => {
  const db = useDatabase();

  /** A login with no right but to write one table, and its session. */
  async function writerOf(table: string) {
    const role = `writer_${db.database.name}_${table}`.slice(0, 60);
    await db.admin.query(`create role ${role} login password 'w'; grant usage on schema raw to ${role}; grant select, insert, update, delete, truncate on raw.${table} to ${role};
      create schema ${role} authorization ${role}`);
    const url = new URL(withDatabase(db.database.url, db.database.name));
    url.username = role;
    url.password = 'w';
    const client = await openClient(url.href);
    return {
      role,
      client,
      remove: async () => {
        await client.end();
        await db.admin.query(`drop owned by ${role} cascade; drop role ${role}`);
      },
    };
  }

  it('need no right on the engine, and have none', async () => {
    await createSource(db.client, 'granted');
    const compiled = await installRollup(db.client, rollup('granted'));
    await refresh(db.client, 'granted');
    const { client, remove } = await writerOf('granted');
    await client.query(
      `insert into raw.granted values (now() - interval '1 minute', 'w', 1), (now() - interval '1 hour', 'w', 2)`,
    );
    await client.query(`update raw.granted set v = v + 1; delete from raw.granted where v = 3`);
    expect(await dirtyKeys(db.client, 'granted')).toBeGreaterThan(0);
    await client.query(`truncate raw.granted`);
    await client.query(`insert into raw.granted values (now() - interval '1 minute', 'w', 1)`);
    await refresh(db.client, 'granted');
    await expectExact(db.client, compiled);
    for (const sql of [
      'select * from rollup.timeseries_rollup_config',
      'select * from rollup.dirty_granted',
      'insert into rollup.dirty_granted values (now(), null)',
      'select * from silver.granted_1s',
      'select * from gold.granted_1s',
      'select rollup.capture_granted()',
      `call rollup.perform_rollup('granted')`,
      `select rollup.uncover('granted', '{(,)}')`,
      'select rollup.tick()',
    ]) {
      await expect(client.query(sql), sql).rejects.toThrow(/permission denied/);
    }
    await remove();
  });

  it('cannot run the capture function on a table of their own', async () => {
    await createSource(db.client, 'borrowed');
    await installRollup(db.client, rollup('borrowed'));
    const { client, role, remove } = await writerOf('borrowed');
    await client.query(`create table ${role}.mine (ts timestamptz, k text, v float8)`);
    await expect(
      client.query(
        `create trigger t after insert on ${role}.mine referencing new table as new_rows for each statement execute function rollup.capture_borrowed()`,
      ),
    ).rejects.toThrow(/permission denied/);
    await remove();
  });

  it('cannot lead the capture function to objects of their own', async () => {
    await createSource(db.client, 'misled');
    const compiled = await installRollup(db.client, rollup('misled'));
    await refresh(db.client, 'misled');
    const { client, role, remove } = await writerOf('misled');
    // Everything the function names, in a schema that comes first and among temporary objects, which PostgreSQL prefers.
    await client.query(`
      create function ${role}.boom() returns boolean language plpgsql as $$ begin raise exception 'misled as %', current_user; end $$;
      create function ${role}.date_bin(interval, timestamptz, timestamptz) returns timestamptz language sql as 'select now() where ${role}.boom()';
      create function ${role}.clock_timestamp() returns timestamptz language sql as 'select now() where ${role}.boom()';
      create function ${role}.isempty(tstzmultirange) returns boolean language sql as 'select ${role}.boom()';
      create function ${role}.less(timestamptz, timestamptz) returns boolean language sql as 'select ${role}.boom()';
      create operator ${role}.< (leftarg = timestamptz, rightarg = timestamptz, function = ${role}.less);
      create temp table dirty_misled (bucket timestamptz, k text);
      create temp table timeseries_rollup_config (name text, sealed tstzmultirange);
      create temp table pg_class (oid oid, relpartbound pg_node_tree, relispartition boolean);
      create temp table new_rows (ts timestamptz, k text, v float8);
      create temp table s (ts timestamptz);
      create function pg_temp.coalesce_ (text) returns text language sql as 'select $1';
      set search_path = ${role}, pg_temp, raw, rollup, pg_catalog`);
    await client.query(`insert into raw.misled values (pg_catalog.now() - interval '1 minute', 'w', 1)`);
    await client.query(
      `update raw.misled set v = 2; truncate raw.misled; insert into raw.misled values (pg_catalog.now() - interval '2 minutes', 'x', 1)`,
    );
    expect(await value(client, 'select count(*)::integer from pg_temp.dirty_misled')).toBe(0);
    expect(await dirtyKeys(db.client, 'misled')).toBeGreaterThan(0);
    await refresh(db.client, 'misled');
    await expectExact(db.client, compiled);
    await remove();
  });

  it('and readers, may set what they like in their sessions', async () => {
    await createSource(db.client, 'styled');
    const compiled = await installRollup(db.client, rollup('styled'));
    const client = await openClient(db.database.url);
    await client.query(
      `set datestyle = 'SQL, DMY'; set timezone = 'Asia/Kathmandu'; set intervalstyle = 'sql_standard'; set extra_float_digits = -10; set bytea_output = escape; set search_path = ''`,
    );
    await client.query(
      `insert into raw.styled select now() - g * interval '7 seconds', 'k', 0.1::float8 + g from generate_series(1, 30) g`,
    );
    await client.query(`call rollup.perform_rollup('styled')`);
    await client.query(
      `update raw.styled set v = v / 3, ts = ts - interval '1 second'; insert into raw.styled values (now() - interval '3 days', 'p', 1)`,
    );
    await client.query('set extra_float_digits = 1');
    await expectExact(client, compiled);
    await client.query('set extra_float_digits = -10');
    await client.query(`call rollup.perform_rollup('styled')`);
    await client.end();
    await expectExact(db.client, compiled);
  });
});
