import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import { readEngine } from '../../../infra/db/engine/engine';
import { type Manifest, readManifest } from '../../../infra/db/engine/manifest';
import { migrate } from '../../../infra/db/engine/migrate';
import { prepareDatabase, withClient, withDatabase } from '../../../infra/local/postgres/database';
import { generation } from '../../helpers/database';
import { testServer } from '../../helpers/servers';

describe('installing the engine', () => {
  const name = `migrate_${process.pid}`;
  let url = '';
  let admin = '';
  beforeEach(async () => {
    const server = await testServer(generation());
    admin = withDatabase(server.adminUrl, 'postgres');
    await prepareDatabase(server.adminUrl, name);
    url = withDatabase(server.url, name);
  });
  afterEach(() => withClient(admin, (client) => client.query(`drop database ${name} with (force)`)));

  test('twice does nothing the second time', async () => {
    const manifest = readManifest();
    const first = await withConnection({ url }, (c) => migrate(c));
    expect(first.applied).toHaveLength(manifest.migrations.length + manifest.objects.length);
    expect((await withConnection({ url }, (c) => migrate(c))).applied).toEqual([]);
    expect(await withConnection({ url }, (c) => readEngine(c))).toMatchObject({
      version: manifest.version,
      objects: 'as released',
    });
  });

  test('by two at once serializes', async () => {
    const results = await Promise.all([1, 2, 3].map(() => withConnection({ url }, (c) => migrate(c))));
    expect(results.filter((r) => r.applied.length > 0)).toHaveLength(1);
  });

  test('runs a function again when its checksum changed, and only that', async () => {
    await withConnection({ url }, (c) => migrate(c));
    await withConnection({ url }, (c) =>
      c.query("update rollup.object set sha256 = 'older' where path = 'functions/tick.sql'"),
    );
    expect((await withConnection({ url }, (c) => migrate(c))).applied).toEqual(['functions/tick.sql']);
  });

  test('sees a function that was replaced by hand, and puts it back', async () => {
    await withConnection({ url }, (c) => migrate(c));
    await withConnection({ url }, (c) =>
      c.query(`create or replace function rollup.tick() returns void language sql as 'select'`),
    );
    const found = await withConnection({ url }, (c) => readEngine(c));
    expect(found?.objects).toBe('functions/tick.sql was replaced by hand');
    expect((await withConnection({ url }, (c) => migrate(c))).applied).toEqual(['functions/tick.sql']);
    expect(await withConnection({ url }, (c) => readEngine(c))).toMatchObject({ objects: 'as released' });
  });

  test('sees an object that is gone, and makes it again', async () => {
    await withConnection({ url }, (c) => migrate(c));
    await withConnection({ url }, (c) => c.query('drop view rollup.timeseries_operations_monitor'));
    const path = 'views/timeseries_operations_monitor.sql';
    const found = await withConnection({ url }, (c) => readEngine(c));
    expect(found?.objects).toBe(`${path} is missing`);
    expect((await withConnection({ url }, (c) => migrate(c))).applied).toEqual([path]);
  });

  test('drops what has left the manifest, and nothing that is not its own', async () => {
    const manifest = readManifest();
    const left = 'functions/next_batch.sql';
    await withConnection({ url }, (c) => migrate(c));
    await withConnection({ url }, (c) =>
      c.query(`create function rollup.of_a_user() returns integer language sql return 1`),
    );
    const smaller = { ...manifest, objects: manifest.objects.filter((file) => file.path !== left) };
    expect((await withConnection({ url }, (c) => migrate(c, smaller))).applied).toEqual([left]);
    const functions = await withConnection({ url }, (c) =>
      c.query(
        `select proname from pg_proc where pronamespace = 'rollup'::regnamespace and proname in ('next_batch', 'of_a_user')`,
      ),
    );
    expect(functions.rows).toEqual([{ proname: 'of_a_user' }]);
  });

  test('keeps what has left the manifest while something depends on it', async () => {
    const manifest = readManifest();
    const left = 'functions/next_batch.sql';
    await withConnection({ url }, (c) => migrate(c));
    await withConnection({ url }, (c) =>
      c.query(`create view rollup.v as select rollup.next_batch('x', 0::smallint, '[,)')`),
    );
    const smaller = { ...manifest, objects: manifest.objects.filter((file) => file.path !== left) };
    expect((await withConnection({ url }, (c) => migrate(c, smaller))).applied).toEqual([]);
    await withConnection({ url }, (c) => c.query('drop view rollup.v'));
    expect((await withConnection({ url }, (c) => migrate(c, smaller))).applied).toEqual([left]);
  });

  test('refuses a migration that was edited after it was applied', async () => {
    await withConnection({ url }, (c) => migrate(c));
    const [first, ...rest] = readManifest().migrations;
    const edited: Manifest = {
      ...readManifest(),
      migrations: [{ ...(first as (typeof rest)[number]), sha256: 'edited' }, ...rest],
    };
    await expect(withConnection({ url }, (c) => migrate(c, edited))).rejects.toThrow(
      'The migration migrations/0001_engine.sql was applied to this database with other contents: migrations are never edited, only added.',
    );
  });

  test('that fails in the middle leaves nothing', async () => {
    const manifest = readManifest();
    const broken: Manifest = {
      ...manifest,
      objects: [
        ...manifest.objects.slice(0, 5),
        { path: 'manifest.json', sha256: 'x', identity: 'rollup.x()' },
      ],
    };
    await expect(withConnection({ url }, (c) => migrate(c, broken))).rejects.toThrow('syntax error');
    expect(await withConnection({ url }, (c) => readEngine(c))).toBeNull();
  });

  test('leaves every object commented, pinned and closed to the public', async () => {
    await withConnection({ url }, (c) => migrate(c));
    const found = await withConnection({ url }, (c) =>
      c.query<{ problem: string }>(
        `select p.oid::regprocedure || ': ' || array_to_string(array_remove(array[
                  case when obj_description(p.oid) is null then 'no comment' end,
                  case when p.prosecdef and not coalesce(array_to_string(p.proconfig, ',') like '%search_path=pg_catalog, pg_temp%', false)
                       then 'security definer without a pinned path' end,
                  case when p.prolang = (select oid from pg_language where lanname = 'plpgsql') and p.prokind = 'f'
                        and not coalesce(array_to_string(p.proconfig, ',') like '%search_path=%', false)
                        and p.prosrc not like '%set_config(''search_path'', ''pg_catalog, pg_temp'', true)%' then 'no pinned path' end,
                  case when p.provolatile = 'v' and has_function_privilege('public', p.oid, 'execute') then 'open to the public' end
                ], null), ', ') as problem
           from pg_proc p where p.pronamespace = 'rollup'::regnamespace
          order by 1`,
      ),
    );
    expect(found.rows.map((r) => r.problem).filter((p) => !p.endsWith(': '))).toEqual([]);
  });
});
