/** Two stacks on one database, and a connection that comes to lead elsewhere. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import { uninstall } from '../../../infra/db/uninstall/uninstall';
import { withClient, withDatabase } from '../../../infra/local/postgres/database';
import { stackRunner } from '../../../infra/local/pulumi/stack';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { ROOT, TestStack, testStack } from './stack';

const definition = (name: string, measures = '{ value: [sum, max], other: [min] }') => `
apiVersion: tidemark/v1
name: ${name}
source: { table: raw.shared, time: at }
dimensions: [device]
measures: ${measures}
tiers: [{ every: 1 hour }]
onDelete: drop
`;

let one: TestStack;
let two: TestStack;
let elsewhere: TestDatabase;

/** A stack of another name, on the same database and with the same definitions unless told otherwise. */
async function another(first: TestStack, name: string): Promise<TestStack> {
  const folder = join(ROOT, '.local', 'test', 'provider', name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'rollups'), { recursive: true });
  const backend = join(folder, 'state');
  const runner = await stackRunner({ root: ROOT, project: ROOT, backend, stack: `test-${name}` });
  const stack = new TestStack(first.server, folder, runner, first.client, first.turn);
  await stack.connect(first.server.url);
  await stack.setUp();
  await runner.ensureStack();
  return stack;
}
const sql = async (text: string) => (await one.client.query(text)).rows;
const jobs = async () =>
  (await sql(`select jobname from cron.job where jobname like 'tidemark%' order by 1`)).map(
    (row) => row.jobname,
  );
const SHARED = ['tidemark-maintenance', 'tidemark-metrics', 'tidemark-retries'];

beforeAll(async () => {
  one = await testStack('owners-one');
  two = await another(one, 'owners-two');
  await sql(
    'create schema raw; create table raw.shared (at timestamptz not null, device text, value integer, other integer)',
  );
  await sql(
    `insert into raw.shared select now() - n * interval '7 minutes', 'd' || n % 3, n, n from generate_series(1, 300) n`,
  );
  elsewhere = await createTestDatabase();
});
afterAll(async () => {
  await elsewhere?.drop();
  await one?.close();
});

describe('two stacks on one database', () => {
  it('do not take each other’s rollups', async () => {
    await one.define('common', definition('common'));
    await one.up();
    await two.define('common', definition('common'));
    await two.define('own', definition('own'));
    expect(await two.fails('up', '--yes', '--skip-preview')).toMatch(
      /Rollup "common" was deployed to this database by another stack or resource \(tidemark\/test-owners-one, resource common\)/,
    );
    await two.remove('common');
    await two.up();
    await one.unchanged();
    await two.unchanged();
    expect(await jobs()).toEqual([...SHARED, 'tidemark:common', 'tidemark:own']);
  });

  it('share the engine: its jobs go with the last', async () => {
    await one.ok('destroy', '--yes', '--skip-preview');
    expect(await jobs()).toEqual([...SHARED, 'tidemark:own']);
    await two.ok('refresh', '--yes', '--skip-preview');
    await two.unchanged();
    await one.up();
    await two.ok('destroy', '--yes', '--skip-preview');
    expect(await jobs()).toEqual([...SHARED, 'tidemark:common']);
  });

  it('hand a rollup over where it is asked for; the first one then lets it be', async () => {
    await two.define('common', definition('common'));
    await two.remove('own');
    await two.setUp({ adopt: true });
    await two.up();
    await two.unchanged();
    expect(await one.ok('destroy', '--yes', '--skip-preview')).toMatch(/has taken it over/);
    expect(await jobs()).toEqual([...SHARED, 'tidemark:common']);
    await two.ok('refresh', '--yes', '--skip-preview');
    await two.unchanged();
  });
});

describe('the order of keys in a file', () => {
  it('changes nothing', async () => {
    await sql('create view raw.report as select bucket, value_sum from gold.common_1h');
    await two.define('common', definition('common', '{ other: [min], value: [max, sum] }'));
    await two.unchanged();
    await two.up();
    expect(await sql('select count(*)::integer as n from raw.report')).not.toEqual([{ n: 0 }]);
    await sql('drop view raw.report');
  });
});

describe('a file with the URL of another database', () => {
  it('is a change, and what is in the first is not removed from the second', async () => {
    await withClient(elsewhere.adminUrl, async (client) => {
      await client.query(
        'create table raw.shared (at timestamptz not null, device text, value integer, other integer)',
      );
      await client.query('alter table raw.shared owner to tidemark');
    });
    // Its own database has no pg_cron: preview shows that it is another one, and up says what is missing there.
    await two.connect(withDatabase(two.server.url, elsewhere.name));
    const preview = await two.ok('preview', '--diff');
    expect(preview).toMatch(new RegExp(`place\\s*: ".*" => ".*/${elsewhere.name}"`));
    expect(preview).toMatch(/2 to update/);
    expect(await two.fails('up', '--yes', '--skip-preview')).toMatch(
      /pg_cron runs in the database|pg_cron is not/,
    );
    expect(await two.fails('destroy', '--yes', '--skip-preview')).toMatch(
      /is in the database .*, but the connection now leads to .*Nothing was removed/,
    );
    await two.connect(two.server.url);
    await two.unchanged();
    await two.ok('destroy', '--yes', '--skip-preview');
    expect(await jobs()).toEqual([]);
  });
});

describe('uninstalling', () => {
  it('takes the jobs of ours, and no others; a refresh then finds nothing', async () => {
    await two.define('common', definition('common'));
    await two.up();
    await withClient(two.server.adminUrl, (admin) =>
      admin.query(`select cron.schedule('theirs', '0 3 * * *', 'select 1')`),
    );
    const all = () =>
      withClient(two.server.adminUrl, async (admin) =>
        (await admin.query('select jobname from cron.job order by 1')).rows.map(({ jobname }) => jobname),
      );
    try {
      expect(await all()).toEqual(['theirs', ...SHARED, 'tidemark:common']);
      await withConnection({ url: two.server.url }, (client) => uninstall(client, { dropSilver: true }));
      expect(await all()).toEqual(['theirs']);
    } finally {
      await withClient(two.server.adminUrl, (admin) => admin.query(`select cron.unschedule('theirs')`));
    }
    expect(await two.ok('refresh', '--yes', '--skip-preview')).toMatch(/2 deleted/);
  });
});
